import type { ReadFile } from './small-file.ts'

/** What the processes of one control group use, as the kernel counts since the group was made. What a kernel does not count is absent. */
export interface Usage {
  /** Nanoseconds of CPU time, all processors together. */
  cpuNanos: number
  cpuUserNanos?: number
  cpuSystemNanos?: number
  /** Nanoseconds for each processor; version 1 only. */
  perCpuNanos?: number[]
  /** The working set: usage minus the file pages that the kernel can reclaim immediately. Bytes. */
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
  /** How often the kernel killed one of its processes because memory ran out. */
  oomKills?: number
  /** Version 2 with PSI, when asked for. */
  psi?: { cpu?: Pressure; memory?: Pressure; io?: Pressure }
}

/** Shares of time in which some, or all, processes waited for a resource (PSI): percent, averaged over 10, 60 and 300 s. */
export interface Pressure {
  some: PressureLine
  full?: PressureLine
}
export interface PressureLine {
  avg10: number
  avg60: number
  avg300: number
  /** Microseconds in all. */
  total: number
}

/** How a group is read. */
export interface Reading {
  /** With the time on each processor. */
  perCpu: boolean
  /** Without what is asked for rarely, a file each: throttling (version 1), ends by lack of memory, the limit of processes. */
  brief: boolean
  read: ReadFile
}
