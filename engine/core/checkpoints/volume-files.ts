import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { type ContainerRecord, updateVolume } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { volumeArchive } from '../volumes/export.ts'
import { unpackIntoVolume } from '../volumes/import.ts'
import type { ArchiveConfig } from './archive-config.ts'

/** The folder in an archive that holds one archive per volume. */
export const volumesFolder = 'volumes'

interface MountedVolume {
  name: string
  destination: string
}

function mountedVolumes({ config }: ContainerRecord): MountedVolume[] {
  return config.mounts.flatMap(({ volume, destination }) => (volume === undefined ? [] : [{ name: volume, destination }]))
}

/** Writes the files of the container's volumes into `folder`, an archive each. @returns which there are, and where they are mounted. */
export async function saveVolumes(context: Context, record: ContainerRecord, folder: string): Promise<ArchiveConfig['volumes']> {
  const mounted = mountedVolumes(record)
  if (mounted.length > 0) await mkdir(path.join(folder, volumesFolder), { mode: 0o700 })
  for (const name of new Set(mounted.map((each) => each.name)))
    await pipeline(
      Readable.from(volumeArchive(context, name, '/'), { objectMode: false }),
      createWriteStream(archiveOf(folder, name), { mode: 0o600, flags: 'wx' }),
    )
  return mounted
}

/**
 * Unpacks the files of an archive's volumes into those that the container made from it has at the same places. Volumes in `kept`, which
 * were there before, keep their own files.
 */
export async function fillSavedVolumes(
  context: Context,
  record: ContainerRecord,
  { volumes }: ArchiveConfig,
  folder: string,
  kept: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<void> {
  for (const { name, destination } of mountedVolumes(record)) {
    const saved = volumes.find((each) => each.destination === destination)
    const file = saved && archiveOf(folder, saved.name)
    if (file === undefined || kept.has(name) || !existsSync(file)) continue
    await unpackIntoVolume(context, name, createReadStream(file), signal)
    // What the container had removed of its image's files does not come back.
    await context.database.transaction(() => updateVolume(context.database, name, { needsCopyUp: false }))
  }
}

const archiveOf = (folder: string, name: string): string => path.join(folder, volumesFolder, `${path.basename(name)}.tar`)
