import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { chooseEntry, type Digest, type ImageSource, layoutBlob, parseLayoutIndex, splitPath } from '../../../../image/index.ts'
import type { Context } from '../../../context.ts'
import type { Access } from '../access.ts'
import { fileBytes, fileManifest, readSmall } from '../file-bytes.ts'

/** Where a layout's blobs are: below itself, or in a folder that several share. */
export function layoutFile(folder: string, shared: string | undefined): (digest: Digest) => string {
  return (digest) =>
    shared === undefined ? join(folder, layoutBlob(digest)) : join(shared, layoutBlob(digest).slice('blobs/'.length))
}

/**
 * An image in an OCI layout: `PATH`, `PATH:NAME` or `PATH:@NUMBER`.
 * @throws ArchiveInvalid, ManifestInvalid, ImageUnknown
 */
export async function openOciSource(_context: Context, rest: string, { sharedBlobDir }: Access): Promise<ImageSource> {
  const { path: folder, name: image } = splitPath(rest)
  const name = `oci:${rest}`
  const what = `The layout ${folder || '.'}`
  const index = parseLayoutIndex(
    readSmall(join(folder, 'index.json'), `The file index.json of ${what.replace('T', 't')}`),
    what.replace('T', 't'),
  )
  const entry = chooseEntry(index, image, what)
  const file = layoutFile(folder, sharedBlobDir)
  return {
    name,
    async manifest(digest) {
      const wanted = digest ?? entry.digest
      return fileManifest(file(wanted), wanted, digest ? '' : entry.mediaType, `The manifest ${wanted} of ${name}`)
    },
    blob: ({ digest }, offset = 0) => fileBytes(file(digest), offset, `The blob ${digest} of ${name}`),
    file({ digest }) {
      const path = file(digest)
      return existsSync(path) ? path : undefined
    },
    close() {},
  }
}
