import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import { criuEnvironment } from '../../adapters/criu.ts'
import type { ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'

/** Where a container's saved state is, in its folder in the store. */
export interface CheckpointFiles {
  /** CRIU's images. */
  images: string
  /** The memory as a pre-checkpoint saved it: what a checkpoint `withPrevious` goes on from, whose images name this folder. */
  previous: string
  /** CRIU's logs and statistics. */
  work: string
  /** What was in /dev/shm, which is mounted from outside and so not in the images. */
  shm: string
  /** The addresses it had, as JSON. */
  network: string
}

/** Beside the folder of CRIU's images, in the store and in archives. */
export const previousFolder = 'pre-checkpoint'

/** What CRIU's images name their predecessors by: a symbolic link among them. */
export const parentLink = { name: 'parent', target: `../${previousFolder}` } as const

export function checkpointFiles(context: Context, id: string): CheckpointFiles {
  const { checkpoint, folder } = containerPaths(context, id)
  return {
    images: checkpoint,
    previous: path.join(folder, previousFolder),
    work: path.join(folder, 'criu'),
    shm: path.join(folder, 'devshm-checkpoint.tar'),
    network: path.join(folder, 'network.status'),
  }
}

/** Whether the images are there, of a checkpoint that was finished. */
export function hasImages({ images }: CheckpointFiles): boolean {
  return existsSync(path.join(images, 'inventory.img'))
}

/** Removes a saved state. Idempotent. @param options `keepPrevious` leaves what a pre-checkpoint saved. */
export async function removeCheckpoint(files: CheckpointFiles, options: { keepPrevious?: boolean } = {}): Promise<void> {
  const places = Object.values(files).filter((place) => !(options.keepPrevious && place === files.previous))
  await Promise.all(places.map((place) => rm(place as string, { recursive: true, force: true })))
}

/**
 * The environment that points CRIU to our configuration, which is written beside its logs. The network of a pod, or of another
 * container, is not locked: it is in use by others.
 */
export function criuSettings(
  { config }: ContainerRecord,
  { work }: CheckpointFiles,
  options: { tcpClose?: boolean } = {},
): Record<string, string> {
  const { mode } = config.namespaces.net
  return criuEnvironment(work, mode === 'pod' || mode === 'container' || mode === 'path' ? 'skip' : 'nftables', options)
}
