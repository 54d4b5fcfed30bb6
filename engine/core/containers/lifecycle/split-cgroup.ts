import { existsSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { cgroupOfProcess, cgroupPaths, createCgroup, moveProcess, ownProcesses, removeCgroup } from '../../../lib/cgroup/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'

const supervisor = 'supervisor'

/** Whether a container lives below its caller's own control group, a unit's that was delegated: `--cgroups split`. */
export const isSplit = ({ config }: ContainerRecord): boolean => config.spec.cgroups_mode === 'split'

/** The caller's group; the engine and its monitors are in one of its parts. @throws EngineError `CgroupUnavailable` */
function callersGroup({ cgroups }: Pick<Context, 'cgroups'>): string {
  const folder = cgroupOfProcess(cgroups, 'self')?.folders['unified']
  if (folder === undefined) throw new EngineError('CgroupUnavailable', 'The control group of this process is not known.')
  const group = `/${path.relative(cgroups.root, folder)}`
  return path.basename(group) === supervisor ? path.dirname(group) : group
}

/** `linux.cgroupsPath` of such a container. */
export const payloadGroup = (context: Pick<Context, 'cgroups'>, id: string): string =>
  path.posix.join(callersGroup(context), `libpod-payload-${id}`)

/**
 * Moves this process, with the monitors that it starts, and all others of the caller's group into a part of it, as podman does: a group
 * with limits for those below it has no processes of its own.
 *
 * @throws EngineError `CgroupUnavailable`
 */
export function enterSupervisor(context: Context): void {
  const group = callersGroup(context)
  const others = ownProcesses(cgroupPaths(context.cgroups, group)).filter((pid) => pid !== process.pid)
  const part = createCgroup(context.cgroups, path.posix.join(group, supervisor))
  moveProcess(part, process.pid)
  for (const pid of others) {
    try {
      moveProcess(part, pid)
    } catch (error) {
      if (!EngineError.is(error, 'CgroupUnavailable') || existsSync(`/proc/${pid}`)) throw error
    }
  }
}

/** Removes the group of such a container, which the runtime leaves where it was interrupted. */
export async function removePayload(context: Context, { id, state }: ContainerRecord): Promise<void> {
  if (path.basename(state.cgroupPath) === `libpod-payload-${id}`) await removeCgroup(context.cgroups, state.cgroupPath)
}
