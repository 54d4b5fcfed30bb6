import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, Resources } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { checkCpuTime, checkMemory } from '../../../spec/limit.ts'
import { canLimit, cgroupPlacement, type LimitKind, requireLimit } from '../../config/cgroup-placement.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'
import type { Context } from '../../context.ts'
import { blockIoLimits, withoutWeights } from './block-io.ts'

const defaultPids = 2048

/**
 * The limits for the runtime: those asked for, each of which must be possible here, and podman's default for processes
 * where it is possible.
 *
 * @param warnings gets podman's sentence about limits that a host with control groups of version 1 leaves out. Without it there must be
 *   none.
 * @throws EngineError `LimitUnavailable`, `InvalidArgument`, `NotSupported`.
 */
export async function resolveResources(
  context: Context,
  spec: ContainerSpec,
  conf: ContainersConf,
  warnings?: string[],
): Promise<Resources> {
  const asked = askedLimits(context, spec, warnings ?? [])
  const { pids } = spec.resource_limits ?? {}
  const wantsPids = (pids?.limit ?? 0) > 0
  const kinds = kindsOf(asked, wantsPids)
  if (spec.cgroups_mode === 'disabled' && kinds.length > 0) throw noGroup()
  if (warnings && kinds.length > 0 && (await hasNoGroup(context))) {
    warnings.push(
      'Resource limits are not supported and ignored on cgroups V1 rootless systems: log in once through the Berth console, which gives every user a control group, or ask an administrator for one.',
    )
    return {}
  }
  for (const [kind, called] of kinds) await requireLimit(context, kind, called)
  if (pids?.limit !== undefined) return wantsPids ? { ...asked, pids: { limit: pids.limit } } : asked
  if (spec.cgroups_mode === 'disabled' || !(await canLimit(context, 'pids'))) return asked
  const limit = conf.containers.pidsLimit ?? defaultPids
  // 0 and -1 mean without a limit, which runtimes say by leaving it out.
  return limit > 0 ? { ...asked, pids: { limit } } : asked
}

/** Whether a user has no control group that limits could be in. */
async function hasNoGroup(context: Context): Promise<boolean> {
  if (!context.identity.rootless || context.cgroups.mode === 'v2') return false
  return (await cgroupPlacement(context)).manager === 'disabled'
}

function noGroup(): EngineError {
  const message = 'A container without a control group cannot be limited; leave out the limits, or --cgroups disabled.'
  return new EngineError('InvalidArgument', message, { details: { field: 'cgroups_mode' } })
}

/** All but the number of processes. Only known fields are passed on, so that nothing is accepted unchecked. */
function askedLimits(context: Context, spec: ContainerSpec, warnings: string[]): Resources {
  const limits = spec.resource_limits ?? {}
  const memory = memoryLimits(context, limits)
  const cpu = cpuLimits(spec)
  const blockIo = blockIoLimits(spec)
  const blockIO = blockIo && withoutWeights(context, blockIo, warnings)
  const unified = unifiedFiles(context, { ...limits.unified, ...spec.unified })
  return given({ memory, cpu, blockIO, hugepageLimits: hugePages(limits), rdma: rdmaLimits(limits), unified })
}

/** @throws EngineError `InvalidArgument` for a size that no page has. */
function hugePages({ hugepageLimits }: Resources): Resources['hugepageLimits'] {
  if (!hugepageLimits || hugepageLimits.length === 0) return undefined
  const wrong = hugepageLimits.find(({ pageSize }) => !/^\d{1,9}[KMGT]?B$/.test(pageSize))
  if (wrong)
    throw new EngineError('InvalidArgument', `${JSON.stringify(wrong.pageSize)} is not the size of huge pages, such as 2MB.`, {
      details: { field: 'resource_limits.hugepageLimits.pageSize' },
    })
  return hugepageLimits.map(({ pageSize, limit }) => ({ pageSize, limit }))
}

function rdmaLimits({ rdma }: Resources): Resources['rdma'] {
  const devices = Object.entries(rdma ?? {})
  if (devices.length === 0) return undefined
  const known = (limits: (typeof devices)[number][1]) => given({ hcaHandles: limits.hcaHandles, hcaObjects: limits.hcaObjects })
  return Object.fromEntries(devices.map(([name, limits]) => [name, known(limits)]))
}

/** What the limits need, and what messages call them. */
function kindsOf({ memory, cpu, blockIO, hugepageLimits, rdma, unified }: Resources, pids: boolean): [LimitKind, string][] {
  const { shares, quota, period, realtimePeriod, realtimeRuntime, cpus, mems } = cpu ?? {}
  const found: [boolean, LimitKind, string][] = [
    [hasValues(memory), 'memory', 'memory limit'],
    [[shares, quota, period].some((each) => each !== undefined), 'cpu', 'CPU limit'],
    [Boolean(realtimePeriod || realtimeRuntime), 'cpuRealtime', 'real-time CPU limit'],
    [Boolean(cpus || mems), 'cpuset', 'choice of CPUs'],
    [blockIO !== undefined, 'blockIO', 'block I/O limit'],
    [hugepageLimits !== undefined, 'hugetlb', 'limit of huge pages'],
    [rdma !== undefined, 'rdma', 'limit of RDMA'],
    [unified !== undefined, 'unified', 'control group file'],
    [pids, 'pids', 'limit of processes'],
  ]
  return found.flatMap(([is, kind, called]) => (is ? [[kind, called] as [LimitKind, string]] : []))
}

function memoryLimits(context: Context, { memory }: Resources): Resources['memory'] {
  if (!memory) return undefined
  const { limit, reservation, swap, swappiness, disableOOMKiller } = memory
  const limits = given({ limit, reservation, swap, swappiness, disableOOMKiller: disableOOMKiller || undefined })
  if (!hasValues(limits)) return limits
  if (disableOOMKiller && context.cgroups.mode === 'v2') {
    throw new EngineError('NotSupported', 'Control groups of version 2 cannot turn off the OOM killer; use --oom-score-adj.', {
      details: { field: 'resource_limits.memory.disableOOMKiller' },
    })
  }
  checkMemory(limits)
  return withSwap(context, limits)
}

function cpuLimits(spec: ContainerSpec): Resources['cpu'] {
  const { shares, quota, period, realtimePeriod, realtimeRuntime, cpus, mems } = spec.resource_limits?.cpu ?? {}
  const limits = given({
    shares,
    quota: quota ?? (spec.cpu_quota || undefined),
    period: period ?? (spec.cpu_period || undefined),
    realtimePeriod,
    realtimeRuntime,
    cpus,
    mems,
  })
  checkCpuTime(limits)
  requireOnline('CPUs', cpus, '/sys/devices/system/cpu/online')
  requireOnline('memory nodes', mems, '/sys/devices/system/node/online')
  return spec.resource_limits?.cpu || Object.keys(limits).length > 0 ? limits : undefined
}

/** @throws EngineError `InvalidArgument`, with podman's message, for a number that this host does not have, or no list. */
function requireOnline(what: string, asked: string | undefined, file: string): void {
  if (!asked || !existsSync(file)) return
  const available = readFileSync(file, 'utf8').trim()
  const ranges = (list: string) => list.split(',').map((range) => range.trim().split('-').map(Number))
  const has = (number: number) => ranges(available).some(([first = 0, last = first]) => number >= first && number <= last)
  const valid = ranges(asked).every(([first = NaN, last = first, more]) => more === undefined && has(first) && has(last))
  if (valid) return
  throw new EngineError('InvalidArgument', `requested ${what} are not available - requested ${asked}, available: ${available}`, {
    details: { requested: asked, available },
  })
}

/** @throws EngineError `NotSupported` with control groups of version 1, with podman's message; `InvalidArgument` for no file's name. */
function unifiedFiles({ cgroups }: Context, files: Record<string, string>): Record<string, string> | undefined {
  const names = Object.keys(files)
  if (names.length === 0) return undefined
  const details = { field: 'unified' }
  if (cgroups.mode !== 'v2') throw new EngineError('NotSupported', 'cannot use --cgroup-conf without cgroup v2', { details })
  const wrong = names.find((name) => !/^[a-z]\w*(\.[\w-]+)+$/.test(name))
  if (wrong === undefined) return files
  throw new EngineError(
    'InvalidArgument',
    `${JSON.stringify(wrong)} is not the name of a control group file, such as memory.high.`,
    {
      details,
    },
  )
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
