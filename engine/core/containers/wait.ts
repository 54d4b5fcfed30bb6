import { readExit } from '../../adapters/conmon.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, containerById } from '../../store/index.ts'
import { readEvents } from '../../store/event-reader.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { parseDuration } from '../time/duration.ts'
import type { Verb } from '../verbs.ts'
import { isLive } from './live.ts'
import { locate } from './locate.ts'
import { reconcile } from './reconcile.ts'
import { watchState } from './state-changes.ts'

/** No event tells of a killed monitor. */
const longestWait = 2000
const none = -1

const conditions = [
  'configured',
  'created',
  'initialized',
  'running',
  'stopped',
  'paused',
  'exited',
  'removing',
  'stopping',
  'removed',
  'healthy',
  'unhealthy',
  'not-running',
  'next-exit',
]

/**
 * Waits, told by the file system, until the container is in one of the states; by default until it does not run. The
 * answer is the exit code if an end was waited for, and -1 for other states. A container that was never started does not
 * run: podman answers at once then, and so does this.
 */
export const wait: Verb<'container.wait'> = async (context, { name, condition = [], interval }, { signal }) => {
  for (const each of condition) if (!conditions.includes(each)) throw unknownCondition(each)
  if (interval !== undefined && interval !== '' && !/^\d+$/.test(interval) && parseDuration(interval) === null) {
    throw new EngineError('InvalidArgument', `The interval "${interval}" is not a duration, as 250ms or 2s are.`, {
      details: { field: 'interval' },
    })
  }
  const wanted = condition.length === 0 ? ['stopped', 'exited'] : condition
  const changes = watchState(context, signal)
  try {
    const found = await locateOrRemember(context, name)
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
    if (code !== undefined) return code
    // A container that is removed as soon as it ends leaves its exit code here for a moment only.
    exitCode = readExit(exits, first.id)?.code ?? exitCode
    await next(longestWait)
    if (signal?.aborted)
      throw new EngineError('Cancelled', `The request was cancelled while waiting for container ${first.name}.`)
    exitCode = readExit(exits, first.id)?.code ?? exitCode
    const now = containerById(context.database, first.id)
    if (!now) return wanted.some((each) => ends.has(each)) ? ((await codeFromEvents(context, first.id)) ?? exitCode) : none
    record = await reconcile(context, now)
  }
}

const ends = new Set(['stopped', 'exited', 'removed', 'not-running', 'next-exit'])

function reached(record: ContainerRecord, wanted: readonly string[], wasLive: boolean): number | undefined {
  const { status, exitCode } = record.state
  const over = status === 'exited' || status === 'stopped'
  for (const condition of wanted) {
    if (condition === 'next-exit' ? wasLive && over : condition === 'not-running' && !isLive(record)) return exitCode
    // Podman counts one that was never started as stopped.
    if ((condition === 'stopped' || condition === 'exited') && (over || status === 'created' || status === 'initialized'))
      return exitCode
    if (condition === status || (condition === 'configured' && status === 'created')) return none
  }
  return undefined
}

/** The container, or the exit code of one that was removed meanwhile, if it is asked for by its full id. */
async function locateOrRemember(context: Context, name: string): Promise<ContainerRecord | number> {
  try {
    return await locate(context, name)
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

function unknownCondition(condition: string): EngineError {
  return new EngineError('InvalidArgument', `"${condition}" is no condition to wait for; use one of ${conditions.join(', ')}.`, {
    details: { field: 'condition' },
  })
}
