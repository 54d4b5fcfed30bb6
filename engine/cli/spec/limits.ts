import type { ContainerSpec, Resources } from '../../contract/index.ts'
import { UsageError } from '../parse/usage-error.ts'
import type { CreateValues } from './flags.ts'
import { parseSize } from './sizes.ts'

type Limits = Pick<
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
>

/** What the flags for limits mean, in the OCI runtime spec's form; `undefined` if none was given. @throws UsageError */
export function parseLimits(flags: Limits): Resources | undefined {
  const cpu = cpuLimits(flags)
  const memory = memoryLimits(flags)
  const pids = flags['pids-limit'] === undefined ? undefined : { limit: flags['pids-limit'] }
  const resources = { ...(cpu ? { cpu } : {}), ...(memory ? { memory } : {}), ...(pids ? { pids } : {}) }
  return Object.keys(resources).length > 0 ? resources : undefined
}

function cpuLimits(flags: Limits): Resources['cpu'] {
  if (flags.cpus !== undefined && (flags['cpu-period'] !== undefined || flags['cpu-quota'] !== undefined)) {
    throw new UsageError('--cpu-quota and --cpus, or --cpu-period and --cpus, cannot be set together')
  }
  if (flags.cpus !== undefined && flags.cpus < 0)
    throw new UsageError(`invalid argument "${flags.cpus}" for "--cpus" flag: must not be negative`)
  const cpus = flags.cpus ? { period: 100_000, quota: Math.round(flags.cpus * 100_000) } : {}
  return given({
    shares: flags['cpu-shares'],
    quota: flags['cpu-quota'],
    period: flags['cpu-period'],
    cpus: flags['cpuset-cpus'],
    mems: flags['cpuset-mems'],
    ...cpus,
  })
}

function memoryLimits(flags: Limits): Resources['memory'] {
  const limit = flags.memory === undefined ? undefined : parseSize(flags.memory, '-m, --memory')
  const reservation =
    flags['memory-reservation'] === undefined ? undefined : parseSize(flags['memory-reservation'], '--memory-reservation')
  const swap =
    flags['memory-swap'] === undefined
      ? undefined
      : flags['memory-swap'] === '-1'
        ? -1
        : parseSize(flags['memory-swap'], '--memory-swap')
  if (swap !== undefined && swap > 0 && limit === undefined)
    throw new UsageError('--memory-swap needs --memory: it is memory and swap together')
  if (swap !== undefined && swap > 0 && limit !== undefined && swap < limit)
    throw new UsageError('--memory-swap must not be smaller than --memory: it is memory and swap together')
  const swappiness =
    flags['memory-swappiness'] === undefined || flags['memory-swappiness'] < 0 ? undefined : flags['memory-swappiness']
  return given({ limit, reservation, swap, swappiness })
}

function given<T extends object>(values: T): T | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined
}

/** `nofile=1024:2048` as the API has it; -1 is without a limit. @throws UsageError */
export function parseUlimits(flags: readonly string[]): ContainerSpec['r_limits'] {
  const limits = flags
    .filter((each) => each !== 'host')
    .map((each) => {
      const [, name, soft, hard = soft] = /^(\w+)=(-?\d+)(?::(-?\d+))?$/.exec(each) ?? []
      if (name === undefined) throw new UsageError(`ulimit option "${each}" requires name=SOFT:HARD, failed to be parsed`)
      return { type: `RLIMIT_${name.replace(/^RLIMIT_/i, '').toUpperCase()}`, soft: Number(soft), hard: Number(hard) }
    })
  return limits.length > 0 ? limits : undefined
}
