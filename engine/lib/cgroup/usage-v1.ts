import type { CgroupPaths } from './paths.ts'
import { keyedNumber, readNumber } from './small-file.ts'
import type { Reading, Usage } from './usage-shape.ts'

/** "No limit" is the largest page-aligned number on version 1. */
const unlimited = 2 ** 62

/** A version 1 group's use (kernel documentation, admin-guide/cgroup-v1). */
export function readUsageV1(folders: CgroupPaths['folders'], reading: Reading): Usage | null {
  const { read, brief } = reading
  const { cpuacct, cpu } = folders
  const cpuNanos = cpuacct === undefined ? undefined : readNumber(`${cpuacct}/cpuacct.usage`, read)
  const memory = readMemory(folders['memory'], reading)
  if (cpuNanos === undefined && !memory) return null
  const throttling = cpu === undefined || brief ? undefined : read(`${cpu}/cpu.stat`)
  return {
    cpuNanos: cpuNanos ?? 0,
    ...(cpuacct === undefined ? {} : readCpuShares(cpuacct, cpuNanos ?? 0, reading)),
    throttledPeriods: keyedNumber(throttling, 'nr_throttled'),
    throttledNanos: keyedNumber(throttling, 'throttled_time'),
    ...memory,
    ...readPids(folders['pids'], reading),
    ...readIo(folders['blkio'], reading),
  }
}

function readCpuShares(folder: string, cpuNanos: number, { perCpu, read }: Reading): Partial<Usage> {
  const user = readNumber(`${folder}/cpuacct.usage_user`, read)
  return {
    cpuUserNanos: user,
    // The rest of the sum: one file less to open, and the two always agree with it.
    cpuSystemNanos: user === undefined ? undefined : Math.max(0, cpuNanos - user),
    ...(perCpu ? { perCpuNanos: read(`${folder}/cpuacct.usage_percpu`)?.trim().split(/\s+/).map(Number) } : {}),
  }
}

function readMemory(folder: string | undefined, { read, brief }: Reading): Partial<Usage> | undefined {
  if (folder === undefined) return undefined
  const memoryUsage = readNumber(`${folder}/memory.usage_in_bytes`, read)
  if (memoryUsage === undefined) return undefined
  // One file has both: the limit that counts, be it a parent's, and what can be reclaimed.
  const stat = read(`${folder}/memory.stat`)
  const limit = keyedNumber(stat, 'hierarchical_memory_limit')
  return {
    memoryUsage,
    memoryBytes: Math.max(0, memoryUsage - (keyedNumber(stat, 'total_inactive_file') ?? 0)),
    memoryLimit: limit !== undefined && limit < unlimited ? limit : undefined,
    oomKills: brief ? undefined : keyedNumber(read(`${folder}/memory.oom_control`), 'oom_kill'),
  }
}

function readPids(folder: string | undefined, { read, brief }: Reading): Partial<Usage> {
  if (folder === undefined) return {}
  return {
    pids: readNumber(`${folder}/pids.current`, read),
    pidsLimit: brief ? undefined : readNumber(`${folder}/pids.max`, read),
  }
}

/** Lines `8:0 Read 4096` for each device, and one total over all. */
function readIo(folder: string | undefined, { read }: Reading): Partial<Usage> {
  const text = folder === undefined ? undefined : read(`${folder}/blkio.throttle.io_service_bytes_recursive`)
  if (text === undefined) return {}
  let ioReadBytes = 0
  let ioWriteBytes = 0
  for (const [, direction, bytes] of text.matchAll(/ (Read|Write) (\d+)/g)) {
    if (direction === 'Read') ioReadBytes += Number(bytes)
    else ioWriteBytes += Number(bytes)
  }
  return { ioReadBytes, ioWriteBytes }
}
