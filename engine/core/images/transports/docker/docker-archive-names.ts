import { openArchiveFile, readDockerArchive, splitPath } from '../../../../image/index.ts'
import { openPlainFile } from '../../archive/plain.ts'
import type { Context } from '../../../context.ts'

/** All names of all images in a docker-archive; of one without a name its number, `@0`. @throws NotFound, ArchiveInvalid */
export async function listArchiveNames(context: Context, rest: string, signal?: AbortSignal): Promise<string[]> {
  const { path } = splitPath(rest)
  const file = await openArchiveFile(await openPlainFile(context, path, signal), path)
  try {
    return readDockerArchive(file).flatMap(({ tags }, i) => (tags.length > 0 ? tags : [`@${i}`]))
  } finally {
    file.close()
  }
}
