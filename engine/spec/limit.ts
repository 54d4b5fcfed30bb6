import { badValue, inContext } from './bad-value.ts'
import { parseSize } from './size.ts'

/** The least that a container's memory may be limited to, in bytes: no runtime can start a program in less. */
export const leastMemory = 512 * 1024

/** Bytes of /dev/shm. */
export const defaultShmSize = 65_536_000

/** Microseconds in which a container may use its quota of CPU time: the kernel's own. */
export const cpuPeriod = 100_000
/** The least quota, in microseconds, that the kernel takes. */
const leastQuota = 1000
/** The longest period, in microseconds, that the kernel takes. */
const longestPeriod = 1_000_000

/** Bytes, as the OCI runtime spec has them. A limit of 0 or less is none. */
export interface MemoryLimits {
  limit?: number | undefined
  reservation?: number | undefined
  /** Memory and swap together; -1 is without a limit. */
  swap?: number | undefined
  swappiness?: number | undefined
}

/** A limit of memory. @throws EngineError `InvalidArgument`, with podman's message. */
export const parseMemory = (text: string): number => inContext('invalid value for memory', () => parseSize(text))

/** Memory and swap together: as a size, or -1 for no limit. @throws EngineError `InvalidArgument`, with podman's message. */
export const parseMemorySwap = (text: string): number => (text === '-1' ? -1 : parseMemory(text))

/** Checks limits of memory against each other and the least there may be. @throws EngineError `InvalidArgument`, with podman's message. */
export function checkMemory({ limit = 0, reservation = 0, swap = 0, swappiness = 0 }: MemoryLimits): void {
  if (limit > 0 && limit < leastMemory)
    throw badValue('The memory limit of {bytes} bytes is too small for any container; give at least {least} bytes.', {
      bytes: limit,
      least: leastMemory,
    })
  if (swap > 0 && limit <= 0) throw badValue('you should always set a memory limit when using a memoryswap limit, see usage')
  if (swap > 0 && swap < limit) throw badValue('minimum memoryswap limit should be larger than memory limit, see usage')
  if (limit > 0 && reservation > limit)
    throw badValue('minimum memory limit cannot be less than memory reservation limit, see usage')
  if (swappiness > 100) throw badValue('invalid value: {swappiness}, valid memory swappiness range is 0-100', { swappiness })
}

/** How many CPUs a text says; 0 or less is no limit. @throws EngineError `InvalidArgument`. */
export function parseCpus(text: string): number {
  const cpus = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d{1,2})?$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(cpus)) throw badValue('"{text}" is not a number', { text })
  return cpus
}

/** The quota and period for so many CPUs; nothing for 0 or less, which is no limit. @throws EngineError `InvalidArgument`, with podman's message. */
export function cpuQuota(cpus: number): { period: number; quota: number } | undefined {
  if (cpus <= 0) return undefined
  const quota = Math.round(cpus * cpuPeriod)
  if (quota < leastQuota) throw badValue('CPU cfs quota cannot be less than 1ms (i.e. 1000)', { quota })
  return { period: cpuPeriod, quota }
}

/** Checks a quota and a period, in microseconds; 0 or less is none. @throws EngineError `InvalidArgument`, with podman's message. */
export function checkCpuTime({ quota = 0, period = 0 }: { quota?: number | undefined; period?: number | undefined }): void {
  if (period > 0 && (period < leastQuota || period > longestPeriod))
    throw badValue('CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)', { period })
  if (quota > 0 && quota < leastQuota) throw badValue('CPU cfs quota cannot be less than 1ms (i.e. 1000)', { quota })
}

/** How many CPUs a quota is; 0 is no limit. */
export function quotaCpus({ quota = 0, period = 0 }: { quota?: number | undefined; period?: number | undefined }): number {
  return quota > 0 && period > 0 ? quota / period : 0
}
