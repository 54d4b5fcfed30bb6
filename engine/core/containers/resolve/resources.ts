import { existsSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, Resources } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { checkMemory } from '../../../spec/limit.ts'
import { canLimit, requireLimit } from '../../config/cgroup-placement.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import type { Context } from '../../context.ts'

const defaultPids = 2048

/**
 * The limits for the runtime: those asked for, each of which must be possible here, and podman's default for processes
 * where it is possible.
 *
 * @throws EngineError `LimitUnavailable`, `InvalidArgument`.
 */
export async function resolveResources(context: Context, spec: ContainerSpec, conf: ContainersConf): Promise<Resources> {
  const asked = spec.resource_limits ?? {}
  const memory = memoryLimits(asked)
  const cpu = cpuLimits(asked)
  const { pids } = asked
  const resolved: Resources = { memory, cpu, ...(pids?.limit === undefined ? {} : { pids: { limit: pids.limit } }) }
  if (spec.cgroups_mode === 'disabled' && (hasValues(memory) || hasValues(cpu) || (pids?.limit ?? 0) > 0)) {
    throw new EngineError(
      'InvalidArgument',
      'A container without a control group cannot be limited; leave out the limits, or --cgroups disabled.',
      {
        details: { field: 'cgroups_mode' },
      },
    )
  }
  if (hasValues(memory)) {
    if (memory?.disableOOMKiller && context.cgroups.mode === 'v2') {
      throw new EngineError('NotSupported', 'Control groups of version 2 cannot turn off the OOM killer; use --oom-score-adj.', {
        details: { field: 'resource_limits.memory.disableOOMKiller' },
      })
    }
    checkMemory(memory ?? {})
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

/** Only known fields are passed on, so that nothing is accepted unchecked. */
function memoryLimits({ memory }: Resources): Resources['memory'] {
  if (!memory) return undefined
  const { limit, reservation, swap, swappiness, disableOOMKiller } = memory
  return given({ limit, reservation, swap, swappiness, disableOOMKiller: disableOOMKiller || undefined })
}

function cpuLimits({ cpu }: Resources): Resources['cpu'] {
  if (!cpu) return undefined
  const { shares, quota, period, cpus, mems } = cpu
  return given({ shares, quota, period, cpus, mems })
}

function given<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
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
