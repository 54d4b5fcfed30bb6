import type { LiveUsage } from '../../../engine/contract/index.ts'
import { append, type Measure, type Sample, type Series } from './series.ts'

type AllSeries = ReadonlyMap<string, Series>
type Values = Readonly<Partial<Record<Measure, number | undefined>>>

/** Turns one stream's reports, which hold only what changed, into series, which have a sample for each report. */
export interface LiveReports {
  /** The series with a report's samples. */
  next(series: AllSeries, report: LiveUsage): AllSeries
  /** The sums over all containers at the last report; undefined where they were not asked for. */
  total(): Sample | undefined
  /** The containers that are reported. */
  ids(): ReadonlySet<string>
}

/** Milliseconds for which the series of a container is kept that is no longer reported: its row may come back into sight. */
const keptFor = 60_000

/** `asked`: whether a container is one of those that were asked for, so that one without figures has none. */
export function createLiveReports(asked: (id: string) => boolean): LiveReports {
  const now = new Map<string, Values>()
  let sums: LiveUsage['total']
  let latest = 0
  return {
    next(series, { time, containers = [], gone = [], total }) {
      for (const id of gone) now.delete(id)
      for (const { id, ...values } of containers) now.set(id, values)
      sums = total ?? sums
      latest = time
      const begunAgain = new Set(gone)
      const next = new Map<string, Series>()
      for (const [id, old] of series)
        if (!now.has(id) && !begunAgain.has(id) && !asked(id) && old.latest.time > time - keptFor) next.set(id, old)
      for (const [id, values] of now) {
        const sample = { ...values, time, cpu: values.cpu ?? 0, memory: values.memory ?? 0 }
        next.set(id, append(begunAgain.has(id) ? undefined : series.get(id), sample))
      }
      return next
    },
    total: () => sums && { time: latest, ...sums },
    ids: () => new Set(now.keys()),
  }
}
