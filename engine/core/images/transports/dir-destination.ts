import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { diskError, type SourceManifest } from '../../../image/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
import { readPlain } from '../../../lib/files/plain-file.ts'
import type { Context } from '../../context.ts'
import type { Destination, DestinationAccess } from './access.ts'
import { dirManifest, dirName, dirSignature } from './dir-source.ts'
import { writeBlob } from './write-blob.ts'

const version = 'Directory Transport Version: 1.1\n'

/**
 * A folder for one image (with the images of its list), in skopeo's `dir:` form. A folder with other content is refused, an
 * existing image is replaced.
 * @throws ArchiveInvalid
 */
export async function openDirDestination(
  _context: Context,
  folder: string,
  { compress, decompress }: DestinationAccess,
): Promise<Destination> {
  const made = prepare(folder)
  const written = new Set<string>()
  let top: SourceManifest | undefined
  const put = (name: string, bytes: Uint8Array): void => {
    try {
      writeFileAtomicSync(join(folder, name), Buffer.from(bytes), { mode: 0o644 })
    } catch (error) {
      throw diskError(error)
    }
    written.add(name)
  }
  const signatures: [string, Uint8Array][] = []
  return {
    name: `dir:${folder}`,
    traits: { manifestTypes: [], layers: compress ? 'compress' : decompress ? 'decompress' : 'preserve', lists: true },
    async has({ digest, size }) {
      const there = statSync(join(folder, dirName(digest)), { throwIfNoEntry: false })?.size === size
      // Of the image that is being replaced: it may be damaged, so only what this transfer has written counts.
      return there && written.has(dirName(digest))
    },
    async putBlob({ digest }, bytes) {
      await writeBlob(join(folder, dirName(digest)), bytes)
      written.add(dirName(digest))
    },
    async putManifest(manifest, isTop) {
      if (isTop) top = manifest
      else put(dirManifest(manifest.digest), manifest.bytes)
    },
    async putSignatures(digest, found) {
      const of = top?.digest === digest ? undefined : digest
      found.forEach((bytes, i) => signatures.push([dirSignature(of, i + 1), bytes]))
    },
    async commit() {
      for (const [name, bytes] of signatures) put(name, bytes)
      put('version', Buffer.from(version))
      if (top) put('manifest.json', top.bytes)
      for (const name of readdirSync(folder)) if (!written.has(name)) rmSync(join(folder, name), { recursive: true, force: true })
    },
    async discard() {
      for (const name of written) rmSync(join(folder, name), { force: true })
      if (made) removeEmpty(folder)
    },
  }
}

/** Whether the folder had to be made. @throws ArchiveInvalid when it holds something else. */
function prepare(folder: string): boolean {
  if (folder === '') throw foreign(folder)
  try {
    if (!existsSync(folder)) {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      return true
    }
    if (readdirSync(folder).length === 0) return false
    const marker = join(folder, 'version')
    if (existsSync(marker) && /^Directory Transport Version: 1\.\d+\n$/.test(readPlain(marker, 4096).toString('utf8')))
      return false
  } catch (cause) {
    throw new EngineError('ArchiveInvalid', `The folder ${folder} cannot be written: ${(cause as Error).message}.`, { cause })
  }
  throw foreign(folder)
}

function foreign(folder: string): EngineError {
  return new EngineError(
    'ArchiveInvalid',
    `not a containers image directory, don't want to overwrite important data: give another folder than ${folder || '.'}, or an empty one.`,
    { details: { path: folder } },
  )
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Another process has put something there.
  }
}
