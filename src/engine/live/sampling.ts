import type { ContainerStats, StatsReport } from '../../../engine/contract/index.ts'
import { append, merge, type Sample, type Series } from './series.ts'

type AllSeries = ReadonlyMap<string, Series>

/** Turns reports into series: rates are those between two reports. */
export interface Sampling {
  /** The series with a report's samples; containers that are not in it have none. */
  next(series: AllSeries, report: StatsReport): AllSeries
}

export function createSampling(): Sampling {
  const counters = new Map<string, Counters>()
  return {
    next(series, report) {
      const next = new Map<string, Series>()
      for (const stats of report.Stats) {
        const id = stats.ContainerID
        const now = countersOf(stats)
        const before = counters.get(id)
        counters.set(id, now)
        // The counters of a restarted container begin at zero, and so do its figures.
        const isNewRun = before !== undefined && now.cpu < before.cpu
        const sample = sampleOf(stats, now, isNewRun ? undefined : before)
        next.set(id, append(isNewRun ? undefined : series.get(id), sample))
      }
      for (const id of counters.keys()) if (!next.has(id)) counters.delete(id)
      return next
    },
  }
}

/** The series with what was recorded of some containers. */
export function withRecorded(series: AllSeries, recorded: ReadonlyMap<string, readonly Sample[]>): AllSeries {
  const next = new Map(series)
  for (const [id, samples] of recorded) {
    const latest = samples.at(-1)
    if (latest) next.set(id, merge(next.get(id) ?? { samples: [], latest }, samples))
  }
  return next
}

/** What the kernel has counted since the start of the container. */
interface Counters {
  /** Milliseconds since the epoch, by the host's clock: recorded samples have the same. */
  time: number
  cpu: number
  rx: number | undefined
  tx: number | undefined
  read: number
  write: number
}

function countersOf({ SystemNano, CPUNano, Network, BlockInput, BlockOutput }: ContainerStats): Counters {
  const interfaces = Network === null ? undefined : Object.values(Network)
  return {
    time: SystemNano > 0 ? SystemNano / 1e6 : Date.now(),
    cpu: CPUNano,
    rx: interfaces?.reduce((sum, { RxBytes }) => sum + RxBytes, 0),
    tx: interfaces?.reduce((sum, { TxBytes }) => sum + TxBytes, 0),
    read: BlockInput,
    write: BlockOutput,
  }
}

function sampleOf(stats: ContainerStats, now: Counters, before: Counters | undefined): Sample {
  const sample = { time: now.time, cpu: stats.CPU, memory: stats.MemUsage }
  if (!before || now.time <= before.time) return sample
  const rate = (field: 'rx' | 'tx' | 'read' | 'write') => {
    const [from, to] = [before[field], now[field]]
    return from === undefined || to === undefined ? undefined : (Math.max(0, to - from) / (now.time - before.time)) * 1000
  }
  return { ...sample, rx: rate('rx'), tx: rate('tx'), read: rate('read'), write: rate('write') }
}
