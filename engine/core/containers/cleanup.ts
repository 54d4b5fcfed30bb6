import { rm } from 'node:fs/promises'

import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { execFolder } from '../paths.ts'
import { hasEnded, hasRun } from './life/cleanup.ts'
import { removeLocked } from './life/remove.ts'
import { reconcile } from './reconcile.ts'

/**
 * Frees what a container that ended still holds, and follows its restart policy; with `remove`, removes it unless it was
 * started again. Idempotent. The monitor's exit command calls it, and whoever finds a container ended does the same.
 *
 * @throws EngineError `ContainerStateInvalid` for one that runs.
 */
export async function cleanup(context: Context, { name, exec, remove, removeImage }: Parsed<'container.cleanup'>): Promise<void> {
  const { id } = findContainer(context.database, name)
  if (exec !== undefined) return await rm(execFolder(context, id, exec), { recursive: true, force: true })
  const image = await context.lock('container', id, async () => {
    const before = findContainer(context.database, id)
    if (hasRun(before) && !hasEnded(context, before)) {
      throw new EngineError(
        'ContainerStateInvalid',
        `container ${id} is ${before.state.status}, and cannot be cleaned up: container state improper`,
        { details: { container: id, state: before.state.status } },
      )
    }
    const record = await reconcile(context, before, { locked: true })
    if (!remove || hasRun(record)) return undefined
    await removeLocked(context, record, { volumes: true })
    return removeImage ? record.config.image?.id : undefined
  })
  if (image === undefined) return
  const { remove: removeImageVerb } = await import('../images/remove.ts')
  // In use by others, or gone: both are fine.
  await removeImageVerb(context, { name: image, force: false } as never, {}).catch(() => {})
}
