import { closeSync, constants, openSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { writeTar } from '../../lib/tar/index.ts'
import { containerById, type ContainerRecord, findContainer } from '../../store/index.ts'
import { treeMembers } from '../checkpoints/tree-tar.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verbs.ts'
import { containerEvent } from './event.ts'
import { reconcile } from './reconcile.ts'

/**
 * A container's file system as a tar, with what is in it when each file's turn comes; what is mounted into it is not part of it.
 * It may run, stop or be removed meanwhile: the archive still becomes whole.
 */
export const exportContainer: Verb<'container.export'> = async (context, { name }, { signal }) => {
  const record = await reconcile(context, findContainer(context.database, name))
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

/** The root folder, opened: a mount that is used through it lasts until it is closed, whoever unmounts it, and no longer. */
async function openRoot(context: Context, { id, name, config }: ContainerRecord, signal?: AbortSignal): Promise<number> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY
  if (config.rootfs !== '') return openSync(config.rootfs, flags)
  const layers = await context.layers()
  return context.lock(
    'container',
    id,
    () => {
      if (!containerById(context.database, id))
        throw new EngineError('ContainerNotFound', `no container with name or ID "${name}" found: no such container`)
      const mounted = layers.isMounted(id)
      const root = layers.mountSnapshot(id, { readonly: true })
      try {
        return openSync(root, flags)
      } finally {
        if (!mounted) layers.unmountSnapshot(id)
      }
    },
    signal ? { signal } : {},
  )
}
