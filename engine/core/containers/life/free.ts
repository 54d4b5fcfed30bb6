import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'

import { unmountIfMounted, umountFlags } from '../../../lib/sys.ts'
import { removeCgroup } from '../../../lib/cgroup.ts'
import { bootId, isAlive } from '../../../lib/process.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import { cgroupPlacement, containerCgroupsPath } from '../../config/cgroup-placement.ts'
import type { Context } from '../../context.ts'
import { tearDownNetwork } from '../../networks/set-up.ts'
import { containerPaths } from '../../paths.ts'

/**
 * Frees everything one run of a container holds: runtime, network, cgroup, mounts, run-time files. Goes on after a
 * failure; idempotent, and so fit for a run that was begun and failed anywhere.
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
  await Promise.all([attempt(() => forget(context, record)), attempt(() => tearDownNetwork(context, record))])
  await attempt(() => removeOwnCgroup(context, record))
  await attempt(() => unmountIfMounted(paths.shm, umountFlags.detach | umountFlags.noFollow))
  if (record.config.rootfs === '') await attempt(async () => (await context.layers()).unmountSnapshot(record.id))
  await attempt(() => {
    for (const name of ['attach', 'ctl', 'winsz']) rmSync(path.join(paths.bundle, name), { force: true })
    rmSync(paths.run, { recursive: true, force: true })
  })
  if (failures.length > 0) throw new AggregateError(failures, `Container ${record.id} did not let go of everything.`)
}

/** Frees what a process that was killed in the middle of a start has left of it; the container's lock must be held. */
export async function freeRemains(context: Context, record: ContainerRecord): Promise<void> {
  if (existsSync(containerPaths(context, record.id).run)) await freeRun(context, record)
}

/**
 * Has the runtime forget the container, killing what is left of it. Where everything in it has died with its first
 * process, all that is left is the runtime's folder: removing it spares a process start.
 */
async function forget(context: Context, { id, config, state }: ContainerRecord): Promise<void> {
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  const died = state.pid > 0 && !isAlive(state.pid, state.pidStart) && state.bootId === bootId()
  const alone = config.namespaces.pid.mode === 'private' && config.cgroupManager !== 'systemd'
  if (died && alone) rmSync(path.join(runtime.root, id), { recursive: true, force: true })
  else await runtime.delete(id, { force: true })
}

/** The runtime removes it when it is asked to, and was not interrupted. */
async function removeOwnCgroup(context: Context, { id, config }: ContainerRecord): Promise<void> {
  const placement = await cgroupPlacement(context)
  const group = placement.manager === 'cgroupfs' ? containerCgroupsPath(placement, id, config.cgroupParent) : undefined
  if (group) await removeCgroup(context.cgroups, group)
}
