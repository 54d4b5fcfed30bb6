import { availableParallelism, totalmem } from 'node:os'

import type { ContainerStats } from '../../contract/index.ts'
import { cgroupPaths, type CgroupPaths, type Cgroups, KeptFiles, readUsage, type Usage } from '../../lib/cgroup/index.ts'
import { type ContainerRecord, nowNano } from '../../store/index.ts'
import { parseRfc3339 } from '../time/nanos.ts'
import { readNetworkCounters } from './network-counters.ts'

/** Measures one container's use of resources again and again; holds what a rate needs of the time before. */
export interface Meter {
  /** What it uses now; `null` if its cgroup is gone. CPU is the mean since the last call, or since its start at the first. */
  measure(): ContainerStats | null
  /** Percent of one core since the last call and bytes of working set, without the rest; `null` also at the first call. */
  sample(): { cpu: number; memory: number } | null
  /** Closes its files; measuring again opens them again. */
  [Symbol.dispose](): void
}

const hostMemory = totalmem()
const wholeHost = availableParallelism() * 100

/** Nanoseconds. A mean over less would show the start of a container, which counts for it, as many times what the host has. */
const shortestMean = 1_000_000_000

/** A meter for a running container. Cheap: all reading is done by its methods. */
export function openMeter(cgroups: Cgroups, record: ContainerRecord): Meter {
  const { cgroupPath } = record.state
  const paths = cgroupPath === '' ? null : cgroupPaths(cgroups, cgroupPath)
  const files = new KeptFiles()
  const start = parseRfc3339(record.state.startedAt)
  let last: { at: bigint; cpuNanos: number } | undefined
  const since = (at: bigint, cpuNanos: number, otherwise: number): number => {
    const elapsed = last === undefined ? 0 : Number(at - last.at)
    const share = elapsed > 0 && last !== undefined ? (Math.max(0, cpuNanos - last.cpuNanos) / elapsed) * 100 : otherwise
    last = { at, cpuNanos }
    return Math.min(share, wholeHost)
  }
  return {
    measure() {
      const usage = readWhole(paths, files)
      if (!usage) return null
      const at = nowNano()
      const alive = Number(at - (start ?? at))
      const average = Math.min((usage.cpuNanos / Math.max(alive, shortestMean)) * 100, wholeHost)
      return toStats(record, usage, at, average, since(at, usage.cpuNanos, average))
    },
    sample() {
      const usage = paths && readUsage(paths, { brief: true, read: files.read })
      if (!usage) return null
      const first = last === undefined
      const cpu = since(nowNano(), usage.cpuNanos, 0)
      return first ? null : { cpu, memory: usage.memoryBytes ?? 0 }
    },
    [Symbol.dispose]: () => files[Symbol.dispose](),
  }
}

/** What a container that does not run uses. */
export function noStats({ id, name }: Pick<ContainerRecord, 'id' | 'name'>): ContainerStats {
  return {
    AvgCPU: 0,
    ContainerID: id,
    Name: name,
    PerCPU: null,
    CPU: 0,
    CPUNano: 0,
    CPUSystemNano: 0,
    SystemNano: 0,
    MemUsage: 0,
    MemLimit: 0,
    MemPerc: 0,
    Network: null,
    BlockInput: 0,
    BlockOutput: 0,
    PIDs: 0,
    UpTime: 0,
    Duration: 0,
  }
}

// A container without a cgroup of its own (no delegation) has no counters: it is shown, with zeros.
function readWhole(paths: CgroupPaths | null, { read }: KeptFiles): Usage | null {
  return paths ? readUsage(paths, { perCpu: true, brief: true, read }) : { cpuNanos: 0 }
}

function toStats(record: ContainerRecord, usage: Usage, at: bigint, average: number, cpu: number): ContainerStats {
  const memory = usage.memoryBytes ?? 0
  const limit = Math.min(usage.memoryLimit ?? hostMemory, hostMemory)
  return {
    AvgCPU: average,
    ContainerID: record.id,
    Name: record.name,
    PerCPU: usage.perCpuNanos ?? null,
    CPU: cpu,
    CPUNano: usage.cpuNanos,
    CPUSystemNano: usage.cpuSystemNanos ?? 0,
    SystemNano: Number(at),
    MemUsage: memory,
    MemLimit: limit,
    MemPerc: (memory / limit) * 100,
    // On the host's network the counters would be the host's.
    Network: record.config.namespaces.net.mode === 'host' ? null : readNetworkCounters(record.state.pid),
    BlockInput: usage.ioReadBytes ?? 0,
    BlockOutput: usage.ioWriteBytes ?? 0,
    PIDs: usage.pids ?? 0,
    // podman gives the CPU time under these names too.
    UpTime: usage.cpuNanos,
    Duration: usage.cpuNanos,
  }
}
