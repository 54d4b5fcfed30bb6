import { setImmediate } from 'node:timers/promises'

import type { CallOptions, Engine } from '../contract/index.ts'
import { auditRule, describe, engineOf, type OperationName, parseInput, textsAt } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import type { ClientSettings } from './config/client-settings.ts'
import type { Context, ContextOptions } from './context.ts'
import { openContext } from './open-context.ts'
import { failureIn } from '../lib/files/disk-failure.ts'
import type { SessionRecorder } from './usage/session-recorder.ts'
import { engineFailure } from './system-failure.ts'
import { verbs } from './verbs.ts'

export type { Context, ContextOptions } from './context.ts'
export type { ClientSettings } from './config/client-settings.ts'
export type { SessionRecorder } from './usage/session-recorder.ts'
export { storeFlags, type StoreOptions } from './store-flags.ts'

/** An engine in this process. The caller closes it; containers run on. */
export interface LocalEngine {
  readonly engine: Engine
  readonly context: Context
  /** Frees files and the database. Idempotent. */
  close(): Promise<void>
}

/**
 * Opens the engine on a store, making the store where it is missing.
 *
 * @throws EngineError `StoreUnavailable`, `StoreUnsuitable`, `StoreCorrupt`.
 */
export function openEngine(options: ContextOptions = {}): LocalEngine {
  const context = openContext(options, withAudit)
  const engine = engineOf(
    (name) =>
      (input, call = {}) =>
        withAudit(context, name, input, call),
  )
  const closing = new AbortController()
  if (context.service) void import('./warm-up.ts').then(({ warmUp }) => warmUp(closing.signal)).catch(() => {})
  if (context.service)
    void import('./containers/lifecycle/watch.ts')
      .then(({ watchForExits }) => watchForExits(context, closing.signal))
      .catch(() => {})
  const close = (): Promise<void> => {
    closing.abort()
    return context.close()
  }
  return { engine, context, close }
}

/**
 * Waits for the tasks that this process runs, at most `timeout` milliseconds; those that run longer, or once `signal` is aborted,
 * are cancelled.
 */
export async function finishTasks(context: Context, timeout: number, signal: AbortSignal): Promise<void> {
  await (await import('./tasks/running/running-tasks.ts')).runningTasks(context).finish(timeout, signal)
}

/** Calls `changed` with the number of tasks that this process runs, whenever it changes. */
export async function onTasks(context: Context, changed: (running: number) => void): Promise<void> {
  ;(await import('./tasks/running/running-tasks.ts')).runningTasks(context).onChange = changed
}

/** What containers.conf says to a client: other engines, and programs for compose files. No store is opened. */
export async function clientSettings(modules: readonly string[] = []): Promise<ClientSettings> {
  const { readClientSettings } = await import('./config/client-settings.ts')
  return readClientSettings(modules)
}

/** Records the use of running containers until it is stopped, where nobody else does. */
export async function keepSessionRecorder(context: Context): Promise<SessionRecorder> {
  return (await import('./usage/session-recorder.ts')).keepSessionRecorder(context)
}

/** Runs an operation. A change leaves a record in the audit log, independent of caller and result. */
async function withAudit(context: Context, name: OperationName, input: unknown, options: CallOptions): Promise<unknown> {
  const rule = auditRule(describe(name))
  if (rule === undefined) return run(context, name, input, options)
  const { audited } = await import('./audit/audited.ts')
  return audited(context, name, rule, input, () => run(context, name, input, options))
}

/** Operations that were called. */
const loaded = new Set<OperationName>()

async function run(context: Context, name: OperationName, input: unknown, options: CallOptions): Promise<unknown> {
  if (options.signal?.aborted) throw new EngineError('Cancelled', `${name} was cancelled before it began.`)
  const parsed = parseInput(name, input)
  // An operation's modules are loaded once, and then the event loop gets its turn.
  if (context.service && !loaded.has(name)) {
    await Promise.all([verbs[name](), setImmediate()])
    loaded.add(name)
  }
  const verb = (await verbs[name]()) as (context: Context, input: unknown, options: CallOptions) => Promise<unknown>
  try {
    if (context.additionalStores.length > 0) await (await import('./images/additional/attach.ts')).attachOtherStores(context)
    const { imageNames } = describe(name)
    if (imageNames !== undefined)
      await (await import('./images/resolve/short-names.ts')).prepareShortNames(context.database, textsAt(parsed, imageNames))
    return await verb(context, parsed, options)
  } catch (error) {
    if (options.signal?.aborted && !(error instanceof EngineError))
      throw new EngineError('Cancelled', `${name} was cancelled.`, { cause: error })
    throw engineFailure(failureIn(context.root, error))
  }
}
