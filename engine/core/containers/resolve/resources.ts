import { existsSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, Resources } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { canLimit, requireLimit } from '../../config/cgroup-placement.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import type { Context } from '../../context.ts'

const defaultPids = 2048
const leastMemory = 512 * 1024

/**
 * The limits for the runtime: those asked for, each of which must be possible here, and podman's default for processes
 * where it is possible.
 *
 * @throws EngineError `LimitUnavailable`, `InvalidArgument`.
 */
export async function resolveResources(context: Context, spec: ContainerSpec, conf: ContainersConf): Promise<Resources> {
  const asked = spec.resource_limits ?? {}
  const { memory, cpu, pids } = asked
  const resolved: Resources = { ...asked }
  if (hasValues(memory)) {
    if (memory?.limit !== undefined && memory.limit > 0 && memory.limit < leastMemory) {
      throw new EngineError(
        'InvalidArgument',
        `The memory limit of ${memory.limit} bytes is too small for any container; give at least 6m.`,
        { details: { limit: memory.limit } },
      )
    }
    await requireLimit(context, 'memory', 'memory limit')
    resolved.memory = withSwap(context, memory as NonNullable<Resources['memory']>)
  }
  if (hasValues(cpu)) {
    if (cpu?.shares !== undefined || cpu?.quota !== undefined || cpu?.period !== undefined)
      await requireLimit(context, 'cpu', 'CPU limit')
    if (cpu?.cpus || cpu?.mems) await requireLimit(context, 'cpuset', 'choice of CPUs')
  }
  if (pids?.limit !== undefined) {
    if (pids.limit > 0) await requireLimit(context, 'pids', 'limit of processes')
  } else if (spec.cgroups_mode !== 'disabled' && (await canLimit(context, 'pids'))) {
    resolved.pids = { limit: conf.containers.pidsLimit ?? defaultPids }
  }
  // 0 and -1 mean without a limit, which runtimes say by leaving it out.
  if ((resolved.pids?.limit ?? 1) <= 0) delete resolved.pids
  return resolved
}

function hasValues(limits: object | undefined): boolean {
  return (
    limits !== undefined &&
    Object.values(limits).some((value) => value !== undefined && value !== null && value !== 0 && value !== '')
  )
}

/** Memory and swap together may be twice the memory, as podman and Docker have it, where the kernel accounts for swap. */
function withSwap({ cgroups }: Context, memory: NonNullable<Resources['memory']>): NonNullable<Resources['memory']> {
  const counted = cgroups.mode === 'v2' || existsSync(path.join(cgroups.root, 'memory/memory.memsw.limit_in_bytes'))
  const { swap, ...rest } = memory
  if (!counted) return rest
  if (swap !== undefined && swap !== 0) return memory
  return memory.limit === undefined || memory.limit <= 0 ? rest : { ...rest, swap: memory.limit * 2 }
}
