import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'

import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { containerById, type ContainerRecord, findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { execFolder } from '../paths.ts'
import { hasEnded, hasRun } from './life/cleanup.ts'
import { removeLocked } from './life/remove.ts'
import { settle } from './reconcile.ts'

/**
 * Frees what a container that ended still holds, and follows its restart policy; with `remove`, removes it unless it was
 * started again. Idempotent. The monitor's exit command calls it, and whoever finds a container ended does the same.
 *
 * @throws EngineError `ContainerStateInvalid` for one that runs.
 */
export async function cleanup(context: Context, { name, exec, remove, removeImage }: Parsed<'container.cleanup'>): Promise<void> {
  const { id, config, pod } = findContainer(context.database, name)
  if (exec !== undefined) return await rm(execFolder(context, id, exec), { recursive: true, force: true })
  await context.lock('container', id, async () => {
    const before = containerById(context.database, id)
    if (!before) return forgetLock(context, id)
    if (hasRun(before) && !hasEnded(context, before)) throw stillRuns(before)
    const record = hasRun(before) ? await settle(context, before) : before
    if (remove && !hasRun(record) && containerById(context.database, id)) await removeLocked(context, record, { volumes: true })
  })
  if (pod !== null && !config.isInfra) await (await import('../pods/exit-policy.ts')).followExitPolicy(context, pod)
  if (removeImage && config.image && !containerById(context.database, id)) await removeUnused(context, config.image.id)
}

/** Removed while we waited in line: asking for its lock has made the file anew. */
function forgetLock(context: Context, id: string): void {
  rmSync(context.lockFile('container', id), { force: true })
}

function stillRuns({ id, state }: ContainerRecord): EngineError {
  const message = `container ${id} is ${state.status}, and cannot be cleaned up: container state improper`
  return new EngineError('ContainerStateInvalid', message, { details: { container: id, state: state.status } })
}

/** An image that others use, or that is gone, is no failure. */
async function removeUnused(context: Context, image: string): Promise<void> {
  const { removeImage } = await import('../images/remove.ts')
  await removeImage(context, image).catch((error: unknown) =>
    context.log.info('an image stays', { object: image, reason: String(error) }),
  )
}
