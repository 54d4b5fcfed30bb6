import {
  archiveInvalid,
  chooseEntry,
  type ImageSource,
  isOciArchive,
  ociArchiveSource,
  openArchiveFile,
  readOciArchive,
  splitPath,
} from '../../../../image/index.ts'
import { openPlainFile } from '../../archive/plain.ts'
import type { Context } from '../../../context.ts'
import type { Access } from '../access.ts'

/**
 * An image in the tar of an OCI layout, compressed or not: `PATH`, `PATH:NAME` or `PATH:@NUMBER`.
 * @throws NotFound, ArchiveInvalid, ManifestInvalid, ImageUnknown
 */
export async function openOciArchiveSource(context: Context, rest: string, { signal }: Access): Promise<ImageSource> {
  const { path, name } = splitPath(rest)
  const file = await openArchiveFile(await openPlainFile(context, path, signal), path)
  try {
    if (!isOciArchive(file)) throw archiveInvalid(path, 'it has no index.json and oci-layout, so it is no oci-archive')
    const entry = chooseEntry(readOciArchive(file), name, `The archive ${path}`)
    return { ...ociArchiveSource(file, entry, `oci-archive:${rest}`), close: () => file.close() }
  } catch (error) {
    file.close()
    throw error
  }
}
