import type { ContainerInspect } from '../../../contract/index.ts'
import { cacheJson, hasCachedJson } from '../../../lib/files/known-json.ts'
import { isAlive } from '../../../lib/process/process.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { isEndingNow } from '../lifecycle/observe.ts'

interface Kept {
  record: ContainerRecord
  inspected: ContainerInspect
}

interface Answers {
  /** Of the store: another one makes all of them worthless. */
  version: string
  byName: Map<string, Kept>
}

const answers = new WeakMap<Context, Answers>()
const most = 64

/** Only in these states does all that is shown follow from the store and from its processes. */
const steady: ReadonlySet<string> = new Set(['created', 'running', 'paused', 'exited'])

/**
 * What was last answered to the same question in a service, with its cached JSON text (lib/known-json.ts), unless something has changed
 * since. Checks of health are in files beside the store, so that containers with one are not kept.
 */
export function keptInspect(context: Context, name: string): ContainerInspect | undefined {
  const known = answers.get(context)
  const found = known?.byName.get(name)
  if (!known || !found || known.version !== context.database.version()) return undefined
  const { state } = found.record
  const runs = state.status === 'running' || state.status === 'paused'
  if (runs && (isEndingNow(found.record) || !isAlive(state.conmonPid, state.conmonPidStart))) return undefined
  // From the second time on: lists ask for each container once.
  if (!hasCachedJson(found.inspected)) cacheJson(found.inspected, JSON.stringify(found.inspected))
  return found.inspected
}

/** @param version of the store before it was read. */
export function keepInspect(context: Context, name: string, version: string, kept: Kept): void {
  if (!steady.has(kept.record.state.status) || kept.record.config.health) return
  let known = answers.get(context)
  if (known?.version !== version || known.byName.size >= most) answers.set(context, (known = { version, byName: new Map() }))
  known.byName.set(name, kept)
}
