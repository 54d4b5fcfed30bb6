import { availableParallelism, uptime } from 'node:os'

import type { ContainerStats, StatsReport } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'

/** Resource use in Docker's form: its clients compute shares of the processor from two samples. */
export const stats: Mapping<'docker.container.stats'> = async (engine, { name, stream, 'one-shot': oneShot }, options) => {
  const { Id } = await engine['container.inspect']({ name }, options)
  const once = !stream && oneShot
  const reports = await engine['container.stats']({ containers: [Id], stream: !once, interval: 1 }, options)
  return samples(reports, stream ? Infinity : once ? 1 : 2)
}

/** The same as libpod names it. */
export const libpodStats: Mapping<'docker.container.libpodStats'> = async (engine, input, options) =>
  named(await stats(engine, input, options))

async function* named(samples: AsyncIterable<{ read: string; name: string; id: string }>) {
  for await (const { id, name, ...rest } of samples) yield { ...rest, name: name.replace(/^\//, ''), Id: id }
}

async function* samples(reports: AsyncIterable<StatsReport>, wanted: number) {
  let before: Sample | undefined
  let count = 0
  for await (const { Stats } of reports) {
    const [now] = Stats
    if (!now) continue
    const sample: Sample = { read: new Date().toISOString(), cpu: cpuStats(now) }
    count += 1
    // A single answer holds the sample before it, unless one is enough.
    if (wanted === Infinity || count === wanted) yield toStats(now, sample, before)
    if (count >= wanted) return
    before = sample
  }
}

interface Sample {
  read: string
  cpu: ReturnType<typeof cpuStats>
}

const never = '0001-01-01T00:00:00Z'

function toStats(now: ContainerStats, { read, cpu }: Sample, before: Sample | undefined) {
  return {
    read,
    preread: before?.read ?? never,
    pids_stats: { current: now.PIDs },
    blkio_stats: {
      io_service_bytes_recursive: [io('read', now.BlockInput), io('write', now.BlockOutput)],
      io_serviced_recursive: null,
      io_queue_recursive: null,
      io_service_time_recursive: null,
      io_wait_time_recursive: null,
      io_merged_recursive: null,
      io_time_recursive: null,
      sectors_recursive: null,
    },
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu,
    precpu_stats: before?.cpu ?? { cpu_usage: { total_usage: 0 }, system_cpu_usage: 0, online_cpus: 0 },
    memory_stats: { usage: now.MemUsage, limit: now.MemLimit, stats: {} },
    name: `/${now.Name}`,
    id: now.ContainerID,
    ...(now.Network
      ? { networks: Object.fromEntries(Object.entries(now.Network).map(([name, each]) => [name, toNetwork(each)])) }
      : {}),
  }
}

/** Milliseconds from the host's start to this process's. */
const bootedBefore = uptime() * 1000 - performance.now()

/** Nanoseconds; those of the host are counted for every processor. */
function cpuStats({ CPUNano, CPUSystemNano, PerCPU }: ContainerStats) {
  const online = availableParallelism()
  return {
    cpu_usage: {
      total_usage: CPUNano,
      ...(PerCPU ? { percpu_usage: PerCPU } : {}),
      usage_in_kernelmode: CPUSystemNano,
      usage_in_usermode: Math.max(0, CPUNano - CPUSystemNano),
    },
    system_cpu_usage: Math.round((bootedBefore + performance.now()) * 1e6) * online,
    online_cpus: online,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  }
}

function io(op: string, value: number) {
  return { major: 0, minor: 0, op, value }
}

function toNetwork(counters: NonNullable<ContainerStats['Network']>[string]) {
  return {
    rx_bytes: counters.RxBytes,
    rx_packets: counters.RxPackets,
    rx_errors: counters.RxErrors,
    rx_dropped: counters.RxDropped,
    tx_bytes: counters.TxBytes,
    tx_packets: counters.TxPackets,
    tx_errors: counters.TxErrors,
    tx_dropped: counters.TxDropped,
  }
}
