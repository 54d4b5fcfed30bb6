import { readExit } from '../../adapters/conmon/index.ts'
import { waitConditions } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { durationOf } from '../../spec/duration.ts'
import { containerById, type ContainerRecord, findContainer } from '../../store/index.ts'
import { readEvents } from '../../store/event-reader.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import type { Verb } from '../verb.ts'
import { reconcileEnded, untilRemoved } from './lifecycle/reconcile.ts'
import { isLive, isOver, permits } from './lifecycle/transitions.ts'
import { watchState } from './records/state-changes.ts'

/** No event reports a killed monitor. */
const longestWait = 2000
const none = -1

/**
 * Waits, by watching the file system, until the container is in one of the states; by default until it does not run. Returns the
 * exit code if an exit was waited for, also if the restart policy starts the next run immediately, and -1 for other states. An exit
 * meanwhile is reconciled here (freed, restarted, `--rm`) unless another process was faster, so that this is done once the call
 * returns. A container that was never started does not run: the call returns immediately, as podman's does.
 */
export const wait: Verb<'container.wait'> = async (context, { name, condition = [], interval }, { signal }) => {
  for (const each of condition) {
    if (!(waitConditions as readonly string[]).includes(each)) throw unknownCondition(each)
  }
  if (interval !== undefined && interval !== '' && !/^\d+$/.test(interval) && durationOf(interval) === undefined) {
    throw new EngineError('InvalidArgument', `The interval "${interval}" is not a duration, as 250ms or 2s are.`, {
      details: { field: 'interval' },
    })
  }
  const wanted = condition.length === 0 ? ['stopped', 'exited'] : condition
  const changes = watchState(context, signal)
  try {
    const found = await locateOrRemember(context, name)
    if (typeof found !== 'number') requireHealthcheck(found, wanted)
    return typeof found === 'number' ? found : await waitFor(context, found, wanted, changes.next, signal)
  } finally {
    changes.close()
  }
}

async function waitFor(
  context: Context,
  first: ContainerRecord,
  wanted: readonly string[],
  next: (longest: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<number> {
  const { exits } = containerPaths(context, first.id)
  const wasLive = isLive(first)
  let record = first
  let exitCode = record.state.exitCode
  for (;;) {
    const code = reached(record, wanted, wasLive)
    if (code !== undefined) {
      // The exit command may have been here first, and be about to remove it.
      if (isOver(record) && wanted.some((each) => endsOfRun.has(each))) await untilRemoved(context, record)
      return code
    }
    // Looking at it may have removed it, at the end of its last run.
    if (isRemoved(context, record) && wanted.some((each) => ends.has(each))) return record.state.exitCode
    // A container that is removed as soon as it ends leaves its exit code here only briefly.
    exitCode = readExit(exits, first.id)?.code ?? exitCode
    await next(longestWait)
    if (signal?.aborted)
      throw new EngineError('Cancelled', `The request was cancelled while waiting for container ${first.name}.`)
    exitCode = readExit(exits, first.id)?.code ?? exitCode
    const now = containerById(context.database, first.id)
    if (!now) return wanted.some((each) => ends.has(each)) ? ((await codeFromEvents(context, first.id)) ?? exitCode) : none
    record = await reconcileEnded(context, now)
    // The restart policy may have started the next run since.
    if (record.state.finishedAt !== first.state.finishedAt && wanted.some((each) => endsOfRun.has(each))) {
      await untilRemoved(context, record)
      return isLive(record) ? ((await codeFromEvents(context, first.id)) ?? exitCode) : record.state.exitCode
    }
  }
}

function isRemoved({ database }: Context, { id, state }: ContainerRecord): boolean {
  return state.status === 'removing' && state.finishedAt !== '' && !containerById(database, id)
}

/** What the end of one run answers, whatever follows from it. */
const endsOfRun = new Set(['stopped', 'exited', 'not-running', 'next-exit'])
const ends = new Set([...endsOfRun, 'removed'])

function reached(record: ContainerRecord, wanted: readonly string[], wasLive: boolean): number | undefined {
  const { status, exitCode } = record.state
  const over = isOver(record)
  for (const condition of wanted) {
    if (condition === 'next-exit' ? wasLive && over : condition === 'not-running' && !isLive(record)) return exitCode
    // Podman counts one that was never started as stopped.
    if ((condition === 'stopped' || condition === 'exited') && (over || permits('start', status))) return exitCode
    if (isLive(record) && condition === record.state.health) return none
    if (condition === status || (condition === 'configured' && status === 'created')) return none
  }
  return undefined
}

/** The container, or the exit code of one that was removed meanwhile, if it is asked for by its full id. */
async function locateOrRemember(context: Context, name: string): Promise<ContainerRecord | number> {
  try {
    return await reconcileEnded(context, findContainer(context.database, name))
  } catch (error) {
    // Its exit file outlives it for minutes, the event for longer.
    const id = /^[0-9a-f]{64}$/.test(name) && EngineError.is(error, 'ContainerNotFound') ? name : undefined
    const code =
      id === undefined
        ? undefined
        : (readExit(containerPaths(context, id).exits, id)?.code ?? (await codeFromEvents(context, id)))
    if (code === undefined) throw error
    return code
  }
}

async function codeFromEvents(context: Context, id: string): Promise<number | undefined> {
  let code: number | undefined
  for await (const event of readEvents({ file: context.eventsFile }))
    if (event.ID === id && event.Status === 'died') code = event.ContainerExitCode ?? code
  return code
}

function requireHealthcheck({ id, config }: ContainerRecord, wanted: readonly string[]): void {
  const condition = wanted.find((each) => each === 'healthy' || each === 'unhealthy')
  if (condition === undefined || config.health) return
  throw new EngineError('HealthcheckMissing', `cannot use condition "${condition}": container ${id} has no healthcheck`, {
    details: { container: id, field: 'condition' },
  })
}

function unknownCondition(condition: string): EngineError {
  return new EngineError(
    'InvalidArgument',
    `"${condition}" is no condition to wait for; use one of ${waitConditions.join(', ')}.`,
    {
      details: { field: 'condition' },
    },
  )
}
