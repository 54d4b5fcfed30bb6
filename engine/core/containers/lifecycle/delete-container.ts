import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { containerById, type ContainerRecord, deleteContainer, dependents, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { mountCount, setMountCount } from '../mounts/mount-count.ts'
import { markAnonymous, removeMarked } from '../../volumes/removal.ts'
import { healthFile } from '../health/log.ts'
import { containerEvent } from '../records/event.ts'
import { snapshotOf } from '../records/snapshot.ts'
import { cleanupLocked } from './after-run.ts'
import { freeRemains } from './free.ts'
import { permits } from './transitions.ts'
import { removeTree } from '../../../lib/files/remove-tree.ts'

/** How long an exit code is kept after its container was removed. */
const exitCodeKept = 5 * 60_000

/**
 * Removes a container that does not run, with its files and, with `volumes`, its anonymous volumes; its lock must be held. If the
 * process is killed, the container is left `removing`, and the next caller continues.
 *
 * @throws EngineError `ContainerDependency` while other containers need it, with podman's message.
 */
export async function removeLocked(
  context: Context,
  record: ContainerRecord,
  options: { volumes?: boolean } = {},
): Promise<void> {
  const { id } = record
  requireNotNeeded(context, id)
  const { database } = context
  const volumes = await noteVolumes(context, record, options.volumes ?? false)
  const idle = await cleanupLocked(context, record, 'removing')
  if (idle.state.status !== 'removing')
    await database.transaction(() => {
      requireNotNeeded(context, id)
      if (containerById(database, id)) updateState(database, id, { status: 'removing' })
    })
  await freeRemains(context, idle)
  const paths = containerPaths(context, id)
  if (mountCount(context, id) > 0) setMountCount(context, id, 0)
  if (idle.config.rootfs === '') await (await context.layers()).removeSnapshot(snapshotOf(idle))
  await Promise.all([removeTree(paths.folder), removeTree(paths.run)])
  // The folder that containers.conf's log_path made for it; a path that the caller named is the caller's.
  const logFolder = path.dirname(idle.config.log.path)
  if (path.basename(logFolder) === id) rmSync(logFolder, { recursive: true, force: true })
  removeIdFile(idle)
  if (idle.config.health) rmSync(healthFile(context, id, idle.config.health), { force: true })
  await database.transaction(() => {
    deleteContainer(database, id)
    if (volumes) markAnonymous(context, idle.config.mounts)
  })
  if (volumes) await removeMarked(context, idle.config.mounts)
  containerEvent(context, idle, 'remove')
  rmSync(context.lockFile('container', id), { force: true })
  sweepExits(paths.exits)
}

/**
 * Records whether anonymous volumes are removed too, for the caller that finishes the removal. @returns whether there are any to
 * remove.
 */
async function noteVolumes(context: Context, { id, config, state }: ContainerRecord, asked: boolean): Promise<boolean> {
  const { database } = context
  const before = state.removeVolumes ?? false
  const volumes = (asked || (state.status === 'removing' && before)) && config.mounts.some(({ anonymous }) => anonymous)
  if (volumes !== before)
    await database.transaction(() => {
      if (containerById(database, id)) updateState(database, id, { removeVolumes: volumes })
    })
  return volumes
}

/** The file of `--cidfile` goes with its container, unless another wrote its id there meanwhile. */
function removeIdFile({ id, config }: ContainerRecord): void {
  const file = config.spec.cidfile
  // What older versions noted was relative to a folder that nobody knows any more.
  if (!file || !path.isAbsolute(file)) return
  try {
    if (statSync(file).size === id.length && readFileSync(file, 'utf8') === id) rmSync(file)
  } catch {
    // It is gone, or is none of this user's.
  }
}

function requireNotNeeded(context: Context, id: string): void {
  const others = dependents(context.database, id)
  if (others.length === 0) return
  throw new EngineError(
    'ContainerDependency',
    `container ${id} has dependent containers which must be removed before it: ${others.join(', ')}: container already exists`,
    { details: { container: id, dependents: others } },
  )
}

/** Runs `work`; if it fails for a container with `--rm` that never ran, the container is removed. */
export async function removeAfterFailure<T>(context: Context, record: ContainerRecord, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { autoRemove } = record.config
    if (autoRemove && !EngineError.is(error, 'ContainerAlreadyStarted', 'ContainerStateInvalid', 'Cancelled'))
      await removeIdle(context, record.id)
    throw error
  }
}

async function removeIdle(context: Context, id: string): Promise<void> {
  await context.lock('container', id, async () => {
    const now = containerById(context.database, id)
    if (now && permits('prune', now.state.status)) await removeLocked(context, now, { volumes: true })
  })
}

function sweepExits(folder: string): void {
  // After a reboot it is missing until a container runs.
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name)
    const found = statSync(file, { throwIfNoEntry: false })
    // One of a container that was not cleaned up yet is younger.
    if (found && Date.now() - found.mtimeMs > exitCodeKept) rmSync(file, { force: true })
  }
}
