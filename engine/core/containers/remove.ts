import type { CallOptions, Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { containerById, type ContainerRecord, dependents, findContainer, podById } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { hasEnded } from './lifecycle/observe.ts'
import { removeLocked } from './lifecycle/delete-container.ts'
import { reconcile } from './lifecycle/reconcile.ts'
import { stopContainer } from './lifecycle/end-process.ts'
import { holdsRun, requirePermitted } from './lifecycle/transitions.ts'

/** Removes a container; a running one only with `force`, and those that need it only with `depend`. */
export async function remove(
  context: Context,
  { name, force, v, ignore, depend, timeout }: Parsed<'container.remove'>,
  options: CallOptions,
): Promise<Output<'container.remove'>> {
  const found = findOrIgnore(context, name, ignore)
  if (!found) return []
  if (found.config.isInfra && found.pod !== null && podById(context.database, found.pod)) {
    throw new EngineError(
      'ContainerDependency',
      `container ${found.id} is the infra container of pod ${found.pod} and cannot be removed without removing the pod`,
      {
        details: { container: found.id, pod: found.pod },
      },
    )
  }
  return await removeContainer(context, found.id, {
    force: force || depend,
    volumes: v,
    depend,
    ignore,
    timeout,
    signal: options.signal,
  })
}

export interface RemoveOptions {
  force?: boolean
  /** Its anonymous volumes too. */
  volumes?: boolean
  depend?: boolean
  /** A container removed meanwhile is success. */
  ignore?: boolean
  timeout?: number
  signal?: AbortSignal
}

/** {@link remove} for other parts of the engine; also removes infra containers. @returns what was removed. */
export async function removeContainer(context: Context, id: string, options: RemoveOptions): Promise<Output<'container.remove'>> {
  const removed: Output<'container.remove'> = []
  if (options.depend)
    for (const other of dependents(context.database, id))
      removed.push(...(await removeContainer(context, other, { ...options, ignore: true })))
  if (options.force) await endIfRunning(context, id, options)
  await context.lock(
    'container',
    id,
    async () => {
      const before = containerById(context.database, id)
      // Another process removed it meanwhile: that is success.
      if (!before) return
      const ended = holdsRun(before) && hasEnded(context, before)
      // What the removal has ended is freed by it: its restart policy does not count any more.
      const own = ended && (options.force ?? false)
      const record = ended && !own ? await reconcile(context, before) : before
      if (!own) requirePermitted('remove', record)
      if (containerById(context.database, id)) await removeLocked(context, record, { volumes: options.volumes })
      if (own && record.pod !== null && !record.config.isInfra) await context.effects.followExitPolicy(record.pod)
    },
    { signal: options.signal },
  )
  return [...removed, { Id: id }]
}

async function endIfRunning(context: Context, id: string, { timeout, signal }: RemoveOptions): Promise<void> {
  try {
    await stopContainer(context, id, { timeout, force: true, removal: true, signal })
  } catch (error) {
    if (!EngineError.is(error, 'ContainerAlreadyStopped', 'ContainerStateInvalid', 'ContainerNotFound')) throw error
  }
}

function findOrIgnore(context: Context, name: string, ignore: boolean): ContainerRecord | undefined {
  try {
    return findContainer(context.database, name)
  } catch (error) {
    if (ignore && EngineError.is(error, 'ContainerNotFound')) return undefined
    throw error
  }
}
