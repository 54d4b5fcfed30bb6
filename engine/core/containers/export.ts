import { closeSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { writeTar } from '../../lib/tar/index.ts'
import { containerById, type ContainerRecord } from '../../store/index.ts'
import { treeMembers } from '../../lib/tree/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { openRootfs } from './mounts/open-rootfs.ts'
import { containerEvent } from './records/event.ts'
import { locate } from './records/locate.ts'
import { ownerInside } from './user-namespaces/outside.ts'

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
    for await (const piece of writeTar(
      treeMembers(`/proc/self/fd/${fd}`, { owner: (found) => ownerInside(record.config, found) }),
    )) {
      if (signal?.aborted) throw new EngineError('Cancelled', 'The export was cancelled.', { cause: signal.reason })
      yield piece
    }
    containerEvent(context, record, 'export')
  } finally {
    closeSync(fd)
  }
}

/** The root folder, opened. */
async function openRoot(context: Context, record: ContainerRecord, signal?: AbortSignal): Promise<number> {
  const { id, name, config } = record
  // A folder of the host's is not the container's alone: no lock keeps it as it is.
  if (config.rootfs !== '') return openRootfs(context, record, { readonly: true })
  return context.lock(
    'container',
    id,
    () => {
      const now = containerById(context.database, id)
      if (!now) throw new EngineError('ContainerNotFound', `no container with name or ID "${name}" found: no such container`)
      return openRootfs(context, now, { readonly: true })
    },
    signal ? { signal } : {},
  )
}
