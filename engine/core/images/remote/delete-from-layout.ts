import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import {
  chooseEntry,
  type Digest,
  diskError,
  formatLayoutIndex,
  layoutBlob,
  type LayoutIndex,
  parseAnyManifest,
  parseLayoutIndex,
  splitPath,
} from '../../../image/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
import type { Context } from '../../context.ts'
import { readSmall } from '../transports/file-bytes.ts'
import { layoutLock } from '../transports/oci/oci-destination.ts'

const maxDepth = 8

/**
 * Deletes an image from an OCI layout, and the blobs that no other image of it needs. The index is written first: an interruption
 * leaves unneeded blobs, never an image without its blobs.
 * @throws EngineError ArchiveInvalid, ManifestInvalid, ImageUnknown
 */
export async function deleteFromLayout(context: Context, rest: string): Promise<void> {
  const { path: folder, name } = splitPath(rest)
  const what = `The layout ${folder || '.'}`
  const indexFile = join(folder, 'index.json')
  readSmall(indexFile, `The file index.json of ${what.replace('T', 't')}`)
  await context.lock('global', layoutLock(folder), () => {
    const index = parseLayoutIndex(readSmall(indexFile, `The index of ${what}`), what.replace('T', 't'))
    const entry = chooseEntry(index, name, what)
    const gone = blobsOf(folder, [entry.digest])
    index.manifests.splice(index.manifests.indexOf(entry as LayoutIndex['manifests'][number]), 1)
    const kept = blobsOf(
      folder,
      index.manifests.map(({ digest }) => digest),
    )
    try {
      // As skopeo, which ends it with a line break here and nowhere else.
      writeFileAtomicSync(indexFile, `${formatLayoutIndex(index)}\n`, { mode: 0o644 })
    } catch (error) {
      throw diskError(error)
    }
    for (const digest of gone) if (!kept.has(digest)) rmSync(join(folder, layoutBlob(digest)), { force: true })
  })
}

/** Manifests, and all they refer to. What cannot be read refers to nothing. */
function blobsOf(folder: string, manifests: readonly Digest[]): Set<Digest> {
  const found = new Set<Digest>()
  const walk = (digest: Digest, depth: number): void => {
    if (found.has(digest)) return
    found.add(digest)
    if (depth > maxDepth) return
    const manifest = read(folder, digest)
    if (manifest?.kind === 'index') for (const each of manifest.manifests) walk(each.digest, depth + 1)
    if (manifest?.kind === 'manifest') for (const each of [manifest.config, ...manifest.layers]) found.add(each.digest)
  }
  for (const digest of manifests) walk(digest, 0)
  return found
}

function read(folder: string, digest: Digest): ReturnType<typeof parseAnyManifest> | undefined {
  try {
    const what = `The manifest ${digest}`
    return parseAnyManifest(readSmall(join(folder, layoutBlob(digest)), what), '', what)
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}
