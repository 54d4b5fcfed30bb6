import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { parentLink, previousFolder } from './files.ts'
import { unpackArchive } from './unpack-archive.ts'

/** Archives are read one after another, the pre-checkpoint's first. */
export interface CheckpointArchives {
  previous?: AsyncIterable<Uint8Array>
  archive: AsyncIterable<Uint8Array>
}

/**
 * Unpacks a checkpoint archive into `folder`, and beside its images the memory that the archive of its pre-checkpoint holds.
 *
 * @throws EngineError as {@link unpackArchive}; `CheckpointInvalid` where only one of the two was given or is needed.
 */
export async function unpackArchives(
  archives: CheckpointArchives,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (archives.previous) await unpackPrevious(archives.previous, folder, signal)
  await unpackWhole(archives, folder, signal)
}

/** Of the archive of a pre-checkpoint its memory alone. */
async function unpackPrevious(source: AsyncIterable<Uint8Array>, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const apart = path.join(folder, 'previous')
  await mkdir(apart, { mode: 0o700 })
  await unpackArchive(source, apart, signal)
  const memory = path.join(apart, previousFolder)
  if (!existsSync(memory))
    throw new EngineError('CheckpointInvalid', 'The archive for --import-previous is not one of a pre-checkpoint.')
  await rename(memory, path.join(folder, previousFolder))
}

/** The archive to restore, with its link to the pre-checkpoint if it goes on from one. */
async function unpackWhole(
  { archive, previous }: CheckpointArchives,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const apart = path.join(folder, 'whole')
  await mkdir(apart, { mode: 0o700 })
  const { goesOn } = await unpackArchive(archive, apart, signal)
  await rm(path.join(apart, previousFolder), { recursive: true, force: true })
  for (const name of await readdir(apart)) await rename(path.join(apart, name), path.join(folder, name))
  if (goesOn && !previous)
    throw new EngineError(
      'CheckpointInvalid',
      'The archive holds only what changed since a pre-checkpoint; give the archive of that one too, with --import-previous.',
    )
  if (!goesOn && previous)
    throw new EngineError(
      'CheckpointInvalid',
      'The archive does not go on from a pre-checkpoint, since it was not made with --with-previous; leave --import-previous out.',
    )
  if (goesOn) await symlink(parentLink.target, path.join(folder, 'checkpoint', parentLink.name))
}
