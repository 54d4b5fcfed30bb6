import { closeSync, constants, openSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { writeTar } from '../../lib/tar/index.ts'
import { containerById, type ContainerRecord } from '../../store/index.ts'
import { treeMembers } from '../../lib/tree/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { containerEvent } from './records/event.ts'
import { locate } from './records/locate.ts'
import { snapshotOf } from './records/snapshot.ts'

/**
 * A container's file system as a tar, each file as it is when it is read, without mounts. It may run, stop or be removed meanwhile:
 * the archive is complete all the same.
 */
export const exportContainer: Verb<'container.export'> = async (context, { name }, { signal }) => {
  const record = await locate(context, name)
  return archive(context, record, signal)
}

async function* archive(
  context: Context,
  record: ContainerRecord,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fd = await openRoot(context, record, signal)
  try {
    for await (const piece of writeTar(treeMembers(`/proc/self/fd/${fd}`))) {
      if (signal?.aborted) throw new EngineError('Cancelled', 'The export was cancelled.', { cause: signal.reason })
      yield piece
    }
    containerEvent(context, record, 'export')
  } finally {
    closeSync(fd)
  }
}

/** The root folder, opened: a mount that is used through it lasts until it is closed, even if it is unmounted. */
async function openRoot(context: Context, record: ContainerRecord, signal?: AbortSignal): Promise<number> {
  const { id, name, config } = record
  const flags = constants.O_RDONLY | constants.O_DIRECTORY
  if (config.rootfs !== '') return openSync(config.rootfs, flags)
  const layers = await context.layers()
  return context.lock(
    'container',
    id,
    () => {
      const now = containerById(context.database, id)
      if (!now) throw new EngineError('ContainerNotFound', `no container with name or ID "${name}" found: no such container`)
      const snapshot = snapshotOf(now)
      const mounted = layers.isMounted(snapshot)
      const root = layers.mountSnapshot(snapshot, { readonly: true })
      try {
        return openSync(root, flags)
      } finally {
        if (!mounted) layers.unmountSnapshot(snapshot)
      }
    },
    signal ? { signal } : {},
  )
}
