import { EngineError } from '../../errors/index.ts'
import type { Health } from '../../contract/index.ts'
import { withLock } from '../../lib/lock.ts'
import { containerById, type ContainerRecord, type HealthSettings, findContainer, updateState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { healthFolder, readStartup, startTimer, writeStartup } from './health/begin.ts'
import { runCheck } from './health/command.ts'
import { readHealth, writeHealth } from './health/log.ts'
import { healthAfter, type HealthOutcome, type HealthResult } from './health/outcome.ts'
import { kill } from './kill.ts'
import { observe } from './lifecycle/observe.ts'
import { isLive, isRunning, requirePermitted } from './lifecycle/transitions.ts'
import { containerEvent } from './records/event.ts'
import { restartContainer } from './restart.ts'
import { stop } from './stop.ts'

/**
 * Runs a container's health check, records what it found, and does what was chosen for a failure. The database is written only when
 * the state changes. A timer's call skips a container that is paused or being stopped.
 *
 * @returns the container's health afterwards, with the result of this check as its status, as podman answers.
 * @throws EngineError `HealthcheckMissing`, `ContainerStateInvalid`.
 */
export const healthcheck: Verb<'container.healthcheck'> = async (context, { name, scheduled }, { signal }) => {
  const record = await observe(context, findContainer(context.database, name))
  if (scheduled && isLive(record) && !isRunning(record)) return readHealth(context, record)
  requirePermitted('healthcheck', record)
  const { health } = record.config
  if (!health) throw noHealthcheck(record)
  const startup = readStartup(context, record.id)
  const check = (startup && health.startup) || health
  const result = await runCheck(context, record, check, signal).catch(async (error: unknown) => {
    if (scheduled && (await isHeld(context, record, error))) return undefined
    throw error
  })
  if (!result) return readHealth(context, record)
  const outcome = await note(context, record, health, result)
  await act(context, record, outcome)
  const { health: after } = outcome
  return { ...after, Status: after.Status === 'stopped' ? after.Status : statusOf(result, startup !== undefined) }
}

/** Whether a check could not begin because the container was paused, or was being stopped, after it was looked at: others will follow. */
async function isHeld(context: Context, record: ContainerRecord, error: unknown): Promise<boolean> {
  if (!EngineError.is(error, 'ContainerStateInvalid')) return false
  const now = await current(context, record)
  return now !== undefined && isLive(now)
}

/** What this run found, which is not yet the container's state. */
function statusOf({ ExitCode }: HealthResult, startup: boolean): string {
  if (ExitCode === 0) return 'healthy'
  return startup ? 'starting' : 'unhealthy'
}

function noHealthcheck({ id }: ContainerRecord): EngineError {
  return new EngineError('HealthcheckMissing', `container ${id} has no defined healthcheck`, { details: { container: id } })
}

/** Records a result; two checks at once are recorded one after the other. */
async function note(
  context: Context,
  record: ContainerRecord,
  health: HealthSettings,
  result: HealthResult,
): Promise<HealthOutcome> {
  const now = await current(context, record)
  if (!now || (result.ExitCode !== 0 && !isLive(now))) return await noteStopped(context, record)
  // What fails while it is frozen or being ended says nothing.
  if (result.ExitCode !== 0 && !isRunning(now)) return { health: readHealth(context, now), action: 'none' }
  return await withLock(`${healthFolder(context, record.id)}/lock`, async () => {
    const startup = readStartup(context, record.id)
    const before = readHealth(context, now)
    const outcome = healthAfter(health, before, result, { startedAt: record.state.startedAt, ...(startup ? { startup } : {}) })
    writeHealth(context, record, outcome.health)
    if (outcome.startup) writeStartup(context, record.id, outcome.startup)
    if (outcome.startup === null) {
      writeStartup(context, record.id, null)
      await startTimer(context, record, health)
    }
    await noteStatus(context, record, outcome.health.Status)
    if ((await context.conf()).engine.healthcheckEvents !== false) announce(context, record, outcome.health, result)
    return outcome
  })
}

/** The container of the same run, or nothing. */
async function current(context: Context, { id, state }: ContainerRecord): Promise<ContainerRecord | undefined> {
  const now = containerById(context.database, id)
  return now && now.state.startedAt === state.startedAt ? await observe(context, now) : undefined
}

async function noteStopped(context: Context, record: ContainerRecord): Promise<HealthOutcome> {
  const health: Health = { ...readHealth(context, record), Status: 'stopped' }
  if (await current(context, record)) {
    writeHealth(context, record, health)
    await noteStatus(context, record, health.Status)
  }
  return { health, action: 'none' }
}

async function noteStatus(context: Context, { id, state }: ContainerRecord, status: string): Promise<void> {
  const { database } = context
  if (containerById(database, id)?.state.health === status) return
  await database.transaction(() => {
    const now = containerById(database, id)
    if (now?.state.startedAt === state.startedAt) updateState(database, id, { health: status as 'healthy' })
  })
}

function announce(context: Context, record: ContainerRecord, health: Health, result: HealthResult): void {
  const log = record.config.health?.destination === 'events_logger' ? { log: JSON.stringify(result) } : {}
  containerEvent(context, record, 'health_status', {
    health: { status: health.Status, failingStreak: health.FailingStreak, ...log },
  })
}

async function act(context: Context, { id, config, state }: ContainerRecord, { action, health }: HealthOutcome): Promise<void> {
  if (action === 'none') return
  context.log.info('a container failed its health checks', { object: id, action, streak: health.FailingStreak })
  try {
    if (action === 'kill') await kill(context, { name: id, signal: 'SIGKILL' })
    else if (action === 'stop') await stop(context, { name: id, ignore: true, notStoppedByUser: false }, {})
    else await restartContainer(context, id, { timeout: config.stopTimeout, restarts: state.restarts + 1 })
  } catch (error) {
    // It has ended meanwhile.
    if (!EngineError.is(error, 'ContainerStateInvalid', 'ContainerAlreadyStopped', 'ContainerNotFound')) throw error
  }
}
