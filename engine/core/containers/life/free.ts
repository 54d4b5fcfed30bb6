import { rmSync } from 'node:fs'
import path from 'node:path'

import { unmountIfMounted, umountFlags } from '../../../lib/sys.ts'
import { removeCgroup } from '../../../lib/cgroup.ts'
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
  await Promise.all([
    attempt(async () => {
      const { runtime: program, cgroupManager } = record.config
      await (await context.runtime({ program, cgroupManager })).delete(record.id, { force: true })
    }),
    attempt(() => tearDownNetwork(context, record)),
  ])
  await attempt(() => removeOwnCgroup(context, record))
  await attempt(() => unmountIfMounted(paths.shm, umountFlags.detach | umountFlags.noFollow))
  if (record.config.rootfs === '') await attempt(async () => (await context.layers()).unmountSnapshot(record.id))
  await attempt(() => {
    for (const name of ['attach', 'ctl', 'winsz']) rmSync(path.join(paths.bundle, name), { force: true })
    rmSync(paths.run, { recursive: true, force: true })
  })
  if (failures.length > 0) throw new AggregateError(failures, `Container ${record.id} did not let go of everything.`)
}

/** The runtime removes it, unless it was interrupted. */
async function removeOwnCgroup(context: Context, { id, config }: ContainerRecord): Promise<void> {
  const placement = await cgroupPlacement(context)
  const group = placement.manager === 'cgroupfs' ? containerCgroupsPath(placement, id, config.cgroupParent) : undefined
  if (group) await removeCgroup(context.cgroups, group)
}
