import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { EngineError } from '../../errors/index.ts'
import { decompress } from '../../image/index.ts'
import { readTar, type TarEntry } from '../../lib/tar/index.ts'
import { parentLink, previousFolder } from './files.ts'
import { volumesFolder } from './volume-files.ts'

/** Ceilings against archives made to fill disks. */
export const archiveLimits = { bytes: 256 * 1024 ** 3, members: 200_000 }

const topFiles = [
  'config.dump',
  'spec.dump',
  'network.status',
  'devshm-checkpoint.tar',
  'rootfs-diff.tar',
  'deleted.files',
  'ctr.log',
  'stats-dump',
]
const flatFolders = ['checkpoint', previousFolder, volumesFolder]
/** One component that is no `.` or `..`; CRIU's images have no other characters. */
const plainName = /^(?!\.{1,2}$)[\w.+:@=,-]{1,255}$/

/**
 * Unpacks the members of a checkpoint archive that are known into `folder`, an empty one of ours: plain files, under their own
 * names, nothing else. Other members are skipped, and hostile ones refused.
 *
 * @returns whether the images name a pre-checkpoint that they go on from; their link to it is not made.
 * @throws EngineError `CheckpointInvalid`, `DiskFull`, `Cancelled`.
 */
export async function unpackArchive(
  source: AsyncIterable<Uint8Array>,
  folder: string,
  signal?: AbortSignal,
  limits = archiveLimits,
): Promise<{ goesOn: boolean }> {
  let members = 0
  let bytes = 0
  let goesOn = false
  try {
    await mkdir(path.join(folder, 'checkpoint'), { mode: 0o700 })
    for await (const entry of readTar(decompress(source))) {
      if (signal?.aborted) throw new EngineError('Cancelled', 'The import of the checkpoint was cancelled.')
      bytes += entry.header.size
      if (++members > limits.members || bytes > limits.bytes)
        throw new EngineError(
          'CheckpointInvalid',
          `The archive holds more than ${limits.members} files or ${limits.bytes} bytes.`,
        )
      if (isParentLink(entry)) {
        goesOn = true
        continue
      }
      const target = placeOf(entry)
      if (target === undefined) continue
      const file = path.join(folder, target)
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      await pipeline(Readable.from(entry.body, { objectMode: false }), createWriteStream(file, { mode: 0o600, flags: 'wx' }))
    }
  } catch (error) {
    throw asCheckpointError(error)
  }
  return { goesOn }
}

function isParentLink({ header }: TarEntry): boolean {
  const name = header.path.replace(/^\.\//, '')
  return header.type === 'symlink' && name === `checkpoint/${parentLink.name}` && header.linkTarget === parentLink.target
}

/** Where a member goes, relative to the folder; `undefined` for what is not needed. */
function placeOf({ header }: TarEntry): string | undefined {
  const name = header.path.replace(/^\.\//, '').replace(/\/$/, '')
  const parts = name.split('/')
  if (name === '.' || name === '') return undefined
  if (name.startsWith('/') || parts.includes('..')) throw hostile(name, 'its name leads out of the archive')
  const [first = '', second] = parts
  const known = parts.length === 1 ? topFiles.includes(first) : parts.length === 2 && flatFolders.includes(first)
  if (header.type === 'directory' || !known) return undefined
  if (header.type !== 'file') throw hostile(name, `it is a ${header.type} and not a file`)
  if (second !== undefined && !plainName.test(second)) throw hostile(name, 'its name is not valid')
  return name
}

function hostile(name: string, why: string): EngineError {
  return new EngineError(
    'CheckpointInvalid',
    `The archive is refused for its member ${JSON.stringify(name.slice(0, 200))}: ${why}.`,
    { details: { member: name.slice(0, 200) } },
  )
}

function asCheckpointError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new EngineError(
      'DiskFull',
      'There is no space left on the disk of the store for this checkpoint; free some and try again.',
      { cause: error },
    )
  if (code === 'EEXIST') return new EngineError('CheckpointInvalid', 'The archive holds a member twice.', { cause: error })
  if (!EngineError.is(error, 'ArchiveInvalid', 'LayerInvalid')) return error
  return new EngineError('CheckpointInvalid', `The archive is not a checkpoint, or is damaged: ${error.message}`, {
    cause: error,
  })
}
