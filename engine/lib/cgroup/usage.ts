import type { CgroupPaths } from './paths.ts'
import { readUsageV1 } from './usage-v1.ts'
import { type Pressure, readPressure, readUsageV2 } from './usage-v2.ts'

/** What the processes of one control group use, as the kernel counts since the group was made. What a kernel does not count is absent. */
export interface Usage {
  /** Nanoseconds of CPU time, all processors together. */
  cpuNanos: number
  cpuUserNanos?: number
  cpuSystemNanos?: number
  /** Nanoseconds for each processor; version 1 only. */
  perCpuNanos?: number[]
  /** The working set: usage less the file pages that the kernel can give back at once. Bytes. */
  memoryBytes?: number
  /** All of it, with the page cache. Bytes. */
  memoryUsage?: number
  /** Bytes; absent when there is no limit. */
  memoryLimit?: number
  pids?: number
  /** Absent when there is no limit. */
  pidsLimit?: number
  /** Periods in which it was held back by its CPU limit, and for how long. */
  throttledPeriods?: number
  throttledNanos?: number
  ioReadBytes?: number
  ioWriteBytes?: number
  /** How often the kernel killed one of its processes for want of memory. */
  oomKills?: number
  /** Version 2 with PSI, when asked for. */
  psi?: { cpu?: Pressure; memory?: Pressure; io?: Pressure }
}

/**
 * Reads a group's use from its files, synchronously, in well under 100 µs.
 *
 * @returns `null` if the group does not exist (any more).
 */
export function readUsage(paths: CgroupPaths, options: { perCpu?: boolean; psi?: boolean } = {}): Usage | null {
  const { unified } = paths.folders
  if (paths.mode !== 'v2' || unified === undefined) return readUsageV1(paths.folders, options.perCpu ?? false)
  const usage = readUsageV2(unified)
  if (usage && options.psi) usage.psi = readPressure(unified)
  return usage
}
