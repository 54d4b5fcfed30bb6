import type { CallOptions, Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { containerById, type ContainerRecord, dependents, findContainer, podById } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { hasEnded, hasRun } from './life/cleanup.ts'
import { removeLocked } from './life/remove.ts'
import { stopContainer } from './life/stop.ts'
import { settle } from './reconcile.ts'

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
  /** Its nameless volumes too. */
  volumes?: boolean
  depend?: boolean
  /** One that is gone meanwhile is success. */
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
      // Someone else removed it while this one waited: it is gone, as wanted.
      if (!before) return
      const record = hasRun(before) && hasEnded(context, before) ? await settle(context, before) : before
      requireIdle(record)
      if (containerById(context.database, id)) await removeLocked(context, record, { volumes: options.volumes })
    },
    { signal: options.signal },
  )
  return [...removed, { Id: id, Err: null }]
}

async function endIfRunning(context: Context, id: string, { timeout, signal }: RemoveOptions): Promise<void> {
  try {
    await stopContainer(context, id, { timeout, force: true, signal })
  } catch (error) {
    if (!EngineError.is(error, 'ContainerAlreadyStopped', 'ContainerStateInvalid', 'ContainerNotFound')) throw error
  }
}

function requireIdle({ id, state }: ContainerRecord): void {
  const { status } = state
  if (status !== 'running' && status !== 'paused' && status !== 'stopping') return
  throw new EngineError(
    'ContainerStateInvalid',
    `cannot remove container ${id} as it is ${status} - running or paused containers cannot be removed without force: container state improper`,
    {
      details: { container: id, state: status },
    },
  )
}

function findOrIgnore(context: Context, name: string, ignore: boolean): ContainerRecord | undefined {
  try {
    return findContainer(context.database, name)
  } catch (error) {
    if (ignore && EngineError.is(error, 'ContainerNotFound')) return undefined
    throw error
  }
}
