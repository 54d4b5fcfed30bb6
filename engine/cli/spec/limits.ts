import type { ContainerSpec, Resources } from '../../contract/index.ts'
import { problemOf } from '../../spec/bad-value.ts'
import { parseBlkioWeight, parseDeviceBytes, parseDeviceOperations, parseDeviceWeight } from '../../spec/device-limit.ts'
import { checkMemory, cpuQuota, parseCpus, parseMemory, parseMemorySwap } from '../../spec/limit.ts'
import { parseUlimit } from '../../spec/ulimit.ts'
import { UsageError } from '../parse/usage-error.ts'
import type { CreateValues } from './flags.ts'

export type Limits = Pick<
  CreateValues,
  | 'cpu-period'
  | 'cpu-quota'
  | 'cpu-shares'
  | 'cpus'
  | 'cpuset-cpus'
  | 'cpuset-mems'
  | 'memory'
  | 'memory-reservation'
  | 'memory-swap'
  | 'memory-swappiness'
  | 'pids-limit'
> &
  Partial<Pick<CreateValues, 'blkio-weight' | 'cpu-rt-period' | 'cpu-rt-runtime' | 'oom-kill-disable'>>

/** What the flags for limits mean, in the OCI runtime spec's form; `undefined` if none was given. @throws UsageError, EngineError `InvalidArgument` */
export function parseLimits(flags: Limits): Resources | undefined {
  const cpu = cpuLimits(flags)
  const memory = memoryLimits(flags)
  const pids = flags['pids-limit'] === undefined ? undefined : { limit: flags['pids-limit'] }
  const weight = flags['blkio-weight']
  const resources = {
    ...(cpu ? { cpu } : {}),
    ...(memory ? { memory } : {}),
    ...(pids ? { pids } : {}),
    ...(weight === undefined ? {} : { blockIO: { weight: parseBlkioWeight(weight) } }),
  }
  return Object.keys(resources).length > 0 ? resources : undefined
}

function cpuLimits(flags: Limits): Resources['cpu'] {
  const twice = (['cpu-period', 'cpu-quota'] as const).find((each) => flags.cpus !== undefined && flags[each] !== undefined)
  if (twice) throw new UsageError(`--${twice} and --cpus cannot be set together`)
  return given({
    shares: flags['cpu-shares'],
    quota: flags['cpu-quota'],
    period: flags['cpu-period'],
    cpus: flags['cpuset-cpus'],
    mems: flags['cpuset-mems'],
    realtimePeriod: flags['cpu-rt-period'],
    realtimeRuntime: flags['cpu-rt-runtime'],
    ...(flags.cpus === undefined ? {} : parseCpuLimit(flags.cpus)),
  })
}

function parseCpuLimit(cpus: string) {
  // The message of Go's flags, as of any other number.
  if (problemOf(() => parseCpus(cpus)))
    throw new UsageError(`invalid argument "${cpus}" for "--cpus" flag: strconv.ParseFloat: parsing "${cpus}": invalid syntax`)
  return cpuQuota(parseCpus(cpus))
}

function memoryLimits(flags: Limits): Resources['memory'] {
  const { memory, 'memory-reservation': reserved, 'memory-swap': swapped, 'memory-swappiness': swappiness } = flags
  const limits = {
    limit: memory === undefined ? undefined : parseMemory(memory),
    reservation: reserved === undefined ? undefined : parseMemory(reserved),
    swap: swapped === undefined ? undefined : parseMemorySwap(swapped),
    swappiness: swappiness === undefined || swappiness < 0 ? undefined : swappiness,
  }
  checkMemory(limits)
  return given({ ...limits, disableOOMKiller: flags['oom-kill-disable'] || undefined })
}

function given<T extends object>(values: T): T | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined
}

/** `host` leaves them as they are. @throws EngineError `InvalidArgument` */
export function parseUlimits(flags: readonly string[]): ContainerSpec['r_limits'] {
  const limits = flags.filter((each) => each !== 'host').map(parseUlimit)
  return limits.length > 0 ? limits : undefined
}

type DeviceFlags = Partial<
  Pick<CreateValues, 'blkio-weight-device' | 'device-read-bps' | 'device-write-bps' | 'device-read-iops' | 'device-write-iops'>
>

/** Weights and rates of single devices, by their paths. @throws EngineError `InvalidArgument` */
export function parseDeviceLimits(flags: DeviceFlags): ContainerSpec {
  const rates = (texts: readonly string[] = [], parse: typeof parseDeviceBytes) =>
    texts.length === 0 ? undefined : Object.fromEntries(texts.map(parse).map(({ path, rate }) => [path, { rate }]))
  const weights = (flags['blkio-weight-device'] ?? []).map(parseDeviceWeight)
  return {
    weightDevice: weights.length === 0 ? undefined : Object.fromEntries(weights.map(({ path, weight }) => [path, { weight }])),
    throttleReadBpsDevice: rates(flags['device-read-bps'], parseDeviceBytes),
    throttleWriteBpsDevice: rates(flags['device-write-bps'], parseDeviceBytes),
    throttleReadIOPSDevice: rates(flags['device-read-iops'], parseDeviceOperations),
    throttleWriteIOPSDevice: rates(flags['device-write-iops'], parseDeviceOperations),
  }
}

/** `memory.high=1g`: files of the control group. @throws UsageError, with podman's message. */
export function parseCgroupFiles(texts: readonly string[]): Record<string, string> | undefined {
  if (texts.length === 0) return undefined
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=')
      if (equals < 1) throw new UsageError('--cgroup-conf must be formatted KEY=VALUE')
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}
