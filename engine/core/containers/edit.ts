import { isDeepStrictEqual } from 'node:util'

import type { CallOptions } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import {
  containerById,
  type ContainerConfig,
  type ContainerRecord,
  dependencies,
  findContainer,
  renameContainer,
  replaceConfig,
  requireImage,
  type Stopper,
  updateState,
} from '../../store/index.ts'
import type { Context } from '../context.ts'
import { withSharedLock } from '../images/store/image-store.ts'
import type { Verb } from '../verb.ts'
import { insertWithVolumes } from '../volumes/make.ts'
import { markAnonymous, removeMarked } from '../volumes/removal.ts'
import { keepSecrets, makeSnapshot } from './create.ts'
import { type EditPlan, planEdit } from './edit/plan-edit.ts'
import { cleanupLocked } from './lifecycle/after-run.ts'
import { cancelStop, stopContainer } from './lifecycle/end-process.ts'
import { observe } from './lifecycle/observe.ts'
import { shouldRestart } from './lifecycle/restart-policy.ts'
import { waitsForRestart } from './lifecycle/restart-wait.ts'
import { startContainer } from './lifecycle/start-container.ts'
import { newStopper } from './lifecycle/stoppers.ts'
import { holdsRun, isLive, isOver, permits, requirePermitted } from './lifecycle/transitions.ts'
import { containerEvent } from './records/event.ts'
import { snapshotOf } from './records/snapshot.ts'

/**
 * Makes a container again in its place with some fields of its request replaced: it keeps its id, name, volumes, networks, pod, log
 * and, on the same image, its files. One that ran is stopped and runs again. If that fails it is as it was before, and runs if it ran.
 *
 * The new configuration is written in one transaction, so a process that is killed leaves the container with the old one or the new
 * one; it may be stopped then.
 */
export const edit: Verb<'container.edit'> = async (context, { name, body, reset, dryRun, timeout }, options) => {
  const found = await observe(context, findContainer(context.database, name))
  const edited = await planEdit(context, found, body, reset)
  const ran = isLive(found) || isToRestart(findContainer(context.database, found.id))
  const answer = {
    Id: found.id,
    Changes: edited.changes,
    Restarts: ran && edited.changes.length > 0,
    NewFiles: edited.newFiles,
    Warnings: edited.plan.warnings,
  }
  if (dryRun || edited.changes.length === 0) return answer
  requirePermitted('edit', found)
  await withFiles(context, found.id, edited, (config) =>
    replace(context, found, { ...edited, config }, { ...options, timeout, ran }),
  )
  const now = containerById(context.database, found.id)
  if (now) containerEvent(context, now, 'update')
  return answer
}

/** Whether it has ended and its restart policy starts it again: it waits for that, or nobody has acted on its end yet. */
function isToRestart(record: ContainerRecord): boolean {
  return waitsForRestart(record) || (holdsRun(record) && isOver(record) && shouldRestart(record))
}

/** Makes the file system of a new image, and removes it where `work` fails. */
async function withFiles(
  context: Context,
  id: string,
  { plan, config, newFiles }: EditPlan,
  work: (config: ContainerConfig) => Promise<void>,
): Promise<void> {
  if (!newFiles || plan.facts.rootfs !== '') return work(config)
  const snapshot = randomId()
  // The removal of what killed processes left takes this lock exclusively: no record names the files yet.
  await withSharedLock(context, async () => {
    try {
      await makeSnapshot(context, snapshot, plan.facts, config)
      await work({ ...config, snapshot })
    } catch (error) {
      const used = containerById(context.database, id)?.config.snapshot === snapshot
      if (!used) await removeQuietly(context, snapshot)
      throw error
    }
  })
}

/** `ran`: it is to run again. */
type Options = CallOptions & { timeout?: number | undefined; ran: boolean }

async function replace(context: Context, found: ContainerRecord, edited: EditPlan, options: Options): Promise<void> {
  const { id, config: before } = found
  const stopper = await hold(context, id, options)
  const needed = dependencies(context.database, id)
  const record = { ...found, name: edited.name, config: edited.config }
  try {
    await keepSecrets(context, id, edited.config)
    await write(context, record, found, edited.plan.needs)
    if (options.ran) await startAgain(context, record, options)
    else if (stopper) await cancelStop(context, id, stopper)
  } catch (error) {
    await putBack(context, { found, record, needed, stopper, ran: options.ran }, error)
  }
  if (snapshotOf(found) !== snapshotOf(record) && before.rootfs === '') await removeQuietly(context, snapshotOf(found))
}

const stopAttempts = 5

/**
 * Stops a container that runs, and keeps one that has ended from being restarted or removed meanwhile.
 *
 * @returns the token by which that is cancelled; none for one that nothing follows.
 */
async function hold(context: Context, id: string, { timeout, signal }: Options): Promise<Stopper | undefined> {
  const { database } = context
  for (let attempt = 1; ; attempt += 1) {
    const now = await observe(context, findContainer(database, id))
    try {
      if (holdsRun(now)) return await stopContainer(context, id, { timeout, purpose: 'restart', ...(signal ? { signal } : {}) })
    } catch (error) {
      // It has ended by itself.
      if (!EngineError.is(error, 'ContainerAlreadyStopped')) throw error
    }
    const stopper = newStopper('restart')
    const held = await context.lock('container', id, async () => {
      const record = findContainer(database, id)
      if (!isOver(record) || record.state.status === 'exited') return permits('editStopped', record.state.status)
      await cleanupLocked(context, record, 'stopped')
      await database.transaction(() => updateState(database, id, { stoppers: [stopper] }))
      return stopper
    })
    // Its restart policy was faster.
    if (held === false && attempt < stopAttempts) continue
    return held === stopper ? stopper : undefined
  }
}

/** Writes a record's name and configuration, if the container is still as `expected`. */
async function write(
  context: Context,
  { id, name, config }: ContainerRecord,
  expected: ContainerRecord,
  needs: readonly string[],
): Promise<void> {
  const { database } = context
  await context.lock('container', id, async () => {
    await insertWithVolumes(context, config.mounts, () => {
      const now = findContainer(database, id)
      requirePermitted('editStopped', now)
      if (now.name !== expected.name || !isDeepStrictEqual(now.config, expected.config))
        throw new EngineError('ContainerStateInvalid', `container ${id} was changed by somebody else meanwhile; edit it again`, {
          details: { container: id },
        })
      if (config.image && config.image.id !== now.config.image?.id) requireImage(database, config.image.id)
      replaceConfig(database, id, config, needs)
      if (now.name !== name) renameContainer(database, id, name)
    })
  })
}

async function startAgain(context: Context, record: ContainerRecord, { signal }: CallOptions): Promise<void> {
  try {
    await startContainer(context, record, { ...(signal ? { signal } : {}), keep: true })
  } catch (error) {
    // Another process has started it already.
    if (!EngineError.is(error, 'ContainerAlreadyStarted')) throw error
  }
}

interface Attempt {
  found: ContainerRecord
  record: ContainerRecord
  /** What the container needed before. */
  needed: readonly string[]
  stopper: Stopper | undefined
  ran: boolean
}

/** Undoes an edit that failed, and starts the container as it was if it ran. @throws EngineError always: why the edit failed. */
async function putBack(context: Context, { found, record, needed, stopper, ran }: Attempt, cause: unknown): Promise<never> {
  const { code, message, details } = EngineError.from(cause)
  let after = ran ? 'runs as before' : 'is as before'
  try {
    const now = containerById(context.database, found.id)
    if (now && isDeepStrictEqual(now.config, record.config)) {
      await write(context, found, record, needed)
      await removeNewVolumes(context, record, found)
    }
    // A person who gives up wants it as it was, too.
    if (ran) await startAgain(context, found, {})
    else if (stopper) await cancelStop(context, found.id, stopper)
  } catch (error) {
    after = `could not be started as before either (${EngineError.from(error).message})`
    if (stopper) await cancelStop(context, found.id, stopper, { restart: false })
  }
  throw new EngineError(code, `${message.replace(/\.$/, '')}: the edit of container ${found.name} was undone, and it ${after}.`, {
    details: { ...details, container: found.id },
    cause,
  })
}

/** Anonymous volumes that only the failed edit mounted. */
async function removeNewVolumes(context: Context, { config }: ContainerRecord, before: ContainerRecord): Promise<void> {
  const had = new Set(before.config.mounts.map(({ volume }) => volume))
  const added = config.mounts.filter(({ volume }) => !had.has(volume))
  await context.database.transaction(() => markAnonymous(context, added))
  await removeMarked(context, added)
}

async function removeQuietly(context: Context, snapshot: string): Promise<void> {
  try {
    await (await context.layers()).removeSnapshot(snapshot)
  } catch (error) {
    context.log.warn('the files of an edited container are left for the next cleaning', {
      object: snapshot,
      reason: (error as Error).message,
    })
  }
}
