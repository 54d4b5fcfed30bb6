import { closeSync, constants, openSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { pathOnly } from '../../lib/sys/index.ts'
import type { TreeView } from '../../lib/tree/index.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import type { Context } from '../context.ts'
import { findVolume } from './find.ts'
import { isMountable } from './mountable.ts'
import { mountCount, mountLocked, unmountLocked } from './mounting.ts'

/** A volume's files, opened. The caller closes it. */
export interface VolumeTree extends TreeView {
  readonly name: string
  /** Idempotent. */
  close(): void
}

/**
 * Opens a volume's files, mounting them for as long as that takes: what was opened stays, also when the volume is unmounted or removed.
 *
 * @throws EngineError `VolumeNotFound`, `StoreCorrupt`, and what a mount throws.
 */
export async function openVolume(context: Context, ref: string, signal?: AbortSignal): Promise<VolumeTree> {
  const { name, config } = findVolume(context, ref)
  if (!isMountable(config)) return open(context, name)
  const store = await context.volumes()
  return store.withExclusiveLock(
    name,
    async () => {
      await mountLocked(context, name, signal)
      try {
        return open(context, name)
      } finally {
        // Detached: it is there until it is closed.
        if (mountCount(context, name) === 0) unmountLocked(context, name)
      }
    },
    signal ? { signal } : {},
  )
}

function open({ root }: Context, name: string): VolumeTree {
  let fd: number
  try {
    fd = openSync(volumeData(root, name), pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (cause) {
    throw new EngineError('StoreCorrupt', `The files of volume ${JSON.stringify(name)} are missing from the store.`, {
      details: { volume: name },
      cause,
    })
  }
  let isOpen = true
  return {
    name,
    root: fd,
    over: new Map(),
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}
