import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../../errors/index.ts'
import {
  addEntry,
  type Digest,
  diskError,
  emptyLayoutIndex,
  formatLayoutIndex,
  layoutManifestTypes,
  layoutMarker,
  parseLayoutIndex,
  type SourceManifest,
  splitPath,
} from '../../../../image/index.ts'
import { writeFileAtomicSync } from '../../../../lib/files/atomic-file.ts'
import type { Context } from '../../../context.ts'
import type { Destination, DestinationAccess } from '../access.ts'
import { readSmall } from '../file-bytes.ts'
import { layoutFile } from './oci-source.ts'
import { writeBlob } from '../write-blob.ts'

/**
 * An OCI layout, made where there is none: `PATH`, or `PATH:NAME` to give the image a name there. Images that are there stay.
 * @throws ArchiveInvalid, ManifestInvalid
 */
export async function openOciDestination(context: Context, rest: string, access: DestinationAccess): Promise<Destination> {
  const { path: folder, name } = splitPath(rest)
  if (name.startsWith('@'))
    throw new EngineError('ImageReferenceInvalid', `An image cannot be written to a place by number: oci:${rest}.`)
  const made = prepare(folder)
  const file = layoutFile(folder, access.sharedBlobDir)
  const written = new Set<Digest>()
  let top: SourceManifest | undefined
  return {
    name: `oci:${rest}`,
    traits: { manifestTypes: layoutManifestTypes, layers: access.acceptUncompressed ? 'preserve' : 'compress', lists: true },
    has: async ({ digest, size }) => statSync(file(digest), { throwIfNoEntry: false })?.size === size,
    async putBlob({ digest }, bytes) {
      await writeBlob(file(digest), bytes)
      written.add(digest)
    },
    async putManifest(manifest, isTop) {
      if (!existsSync(file(manifest.digest))) written.add(manifest.digest)
      await writeBlob(file(manifest.digest), pieces(manifest.bytes))
      if (isTop) top = manifest
    },
    async commit() {
      if (!top) return
      const { mediaType, digest, bytes } = top
      // Other processes may be adding to the same index.
      await context.lock('global', layoutLock(folder), () => {
        const index = readIndex(folder)
        for (const each of [name, ...(access.additionalTags ?? [])])
          addEntry(index, { mediaType, digest, size: bytes.length }, each)
        put(join(folder, 'oci-layout'), Buffer.from(layoutMarker))
        put(join(folder, 'index.json'), formatLayoutIndex(index))
      })
    },
    async discard() {
      for (const digest of written) rmSync(file(digest), { force: true })
      if (made) removeEmpty(folder)
    },
  }
}

/** Whether the folder had to be made; what else is in it stays, as with podman. @throws ArchiveInvalid */
function prepare(folder: string): boolean {
  if (folder === '') throw new EngineError('ImageReferenceInvalid', 'The place oci: needs a folder: oci:PATH or oci:PATH:NAME.')
  try {
    const made = !existsSync(folder)
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    return made
  } catch (cause) {
    throw new EngineError('ArchiveInvalid', `The folder ${folder} cannot be written: ${(cause as Error).message}.`, { cause })
  }
}

function readIndex(folder: string): ReturnType<typeof emptyLayoutIndex> {
  const path = join(folder, 'index.json')
  const what = `the layout ${folder}`
  return existsSync(path) ? parseLayoutIndex(readSmall(path, `The index of ${what}`), what) : emptyLayoutIndex()
}

/** The lock for changes of a layout's index. */
export function layoutLock(folder: string): string {
  return `layout-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)}`
}

function put(path: string, bytes: Buffer): void {
  try {
    writeFileAtomicSync(path, bytes, { mode: 0o644 })
  } catch (error) {
    throw diskError(error)
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

/** Removes the folders that were created, as far as they are empty. */
function removeEmpty(folder: string): void {
  for (const each of ['blobs/sha256', 'blobs/sha512', 'blobs', '.']) {
    try {
      rmdirSync(join(folder, each))
    } catch {
      // It is not empty, or was never created.
    }
  }
}
