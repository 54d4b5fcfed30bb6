import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'

import { unmountIfMounted, umountFlags } from '../../../lib/sys/index.ts'
import { removeCgroup } from '../../../lib/cgroup/index.ts'
import { bootId, isAlive } from '../../../lib/process/process.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import { cgroupPlacement, containerCgroupsPath } from '../../config/cgroup-placement.ts'
import type { Context } from '../../context.ts'
import { tearDownNetwork } from '../../networks/set-up.ts'
import { containerPaths } from '../../paths.ts'
import { mountCount } from '../mounts/mount-count.ts'
import { mountableOf } from '../../volumes/mountable.ts'
import { snapshotOf } from '../records/snapshot.ts'
import { forgetInSharedHosts } from './shared-hosts.ts'
import { isSplit, removePayload } from './split-cgroup.ts'

/**
 * Frees everything one run of a container holds: runtime, network, cgroup, mounts, run-time files. Continues after a failure.
 * Idempotent, also for a run that failed at any step of its start.
 *
 * @throws AggregateError of what could not be freed.
 */
export async function freeRun(context: Context, record: ContainerRecord): Promise<void> {
  const failures: unknown[] = []
  const attempt = async (work: () => Promise<unknown> | unknown) => {
    try {
      await work()
    } catch (error) {
      failures.push(error)
    }
  }
  const paths = containerPaths(context, record.id)
  const health = `${paths.run}/health`
  if (record.config.health && existsSync(health))
    await attempt(async () => (await import('../../../adapters/health-timer.ts')).stopHealthTimer(health))
  // Mostly a program's work, beside which ours goes on.
  const network = attempt(() => tearDownNetwork(context, record))
  await attempt(() => forgetInSharedHosts(context, record))
  await attempt(() => forget(context, record))
  await attempt(() => removeOwnCgroup(context, record))
  await attempt(() => unmountIfMounted(paths.shm, umountFlags.detach | umountFlags.noFollow))
  if (existsSync(paths.mounts)) await attempt(async () => (await import('../mounts/prepare.ts')).freeMounts(context, record.id))
  if (record.config.idMappings)
    await attempt(async () => (await import('../user-namespaces/reachable-rootfs.ts')).freeReachable(context, record.id))
  // What a person has mounted stays.
  if (record.config.rootfs === '' && mountCount(context, record.id) === 0)
    await attempt(async () => (await context.layers()).unmountSnapshot(snapshotOf(record)))
  const volumes = mountableOf(context, record.config.mounts)
  if (volumes.length > 0)
    await attempt(async () => (await import('../../volumes/mounting.ts')).unmountUnused(context, volumes, record.id))
  await network
  await attempt(() => {
    for (const name of ['attach', 'ctl', 'winsz']) rmSync(path.join(paths.bundle, name), { force: true })
    rmSync(paths.run, { recursive: true, force: true })
  })
  if (failures.length > 0) throw new AggregateError(failures, `Not all resources of container ${record.id} could be freed.`)
}

/** Frees what a process killed during a start has left behind; the container's lock must be held. */
export async function freeRemains(context: Context, record: ContainerRecord): Promise<void> {
  const { run, mounts } = containerPaths(context, record.id)
  if (existsSync(run) || existsSync(mounts)) await freeRun(context, record)
}

/**
 * Deletes the container from the runtime, killing what is left of it. If all its processes died with the first one, only the
 * runtime's folder is left: removing it saves a process start, unless hooks are to be run.
 */
async function forget(context: Context, { id, config, state }: ContainerRecord): Promise<void> {
  const died = state.pid > 0 && !isAlive(state.pid, state.pidStart) && state.bootId === bootId()
  const privatePid = config.namespaces.pid.mode === 'private' && config.cgroupManager !== 'systemd'
  const hasHooks = existsSync(containerPaths(context, id).poststop)
  // Which needs no runtime: it may have been removed from the host.
  if (died && privatePid && !hasHooks) return rmSync(path.join(context.runRoot, 'runtime', id), { recursive: true, force: true })
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  await runtime.delete(id, { force: true })
}

/** The runtime removes it on `delete`, unless it was interrupted. */
async function removeOwnCgroup(context: Context, record: ContainerRecord): Promise<void> {
  const { id, config } = record
  if (isSplit(record)) return await removePayload(context, record)
  const placement = await cgroupPlacement(context)
  const group = placement.manager === 'cgroupfs' ? containerCgroupsPath(placement, id, config.cgroupParent) : undefined
  if (group) await removeCgroup(context.cgroups, group)
}
