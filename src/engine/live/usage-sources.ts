import type { Engine, LiveUsage, StatsReport } from '../../../engine/contract/index.ts'
import { keepOpen } from '../connection/retry.ts'
import { createLiveReports } from './live-usage.ts'
import { createSampling } from './sampling.ts'
import { measures, type Sample, type Series } from './series.ts'
import { isAll, type UsageRequest } from './usage-interest.ts'

export type AllSeries = ReadonlyMap<string, Series>

/** What a source tells the feed. */
export interface UsageSink {
  /** The stream is open; called again after each reconnect. */
  onOpen(): void
  /** The series so far. */
  series(): AllSeries
  /** Other series, the containers that are reported now, and the sums over all where they are known. */
  publish(next: AllSeries, reported: ReadonlySet<string>, total: Sample | undefined): void
}

/** Opens a stream for a request; the returned function closes it. */
export type UsageSource = (request: UsageRequest, sink: UsageSink) => () => void

/** Seconds between two reports. */
const interval = 2

/** Berth's own stream: what changed of those in sight. */
export const liveSource =
  (engine: Pick<Engine, 'usage.live'>): UsageSource =>
  (request, sink) => {
    const all = isAll(request)
    const containers = new Set(request.containers)
    const begin = () => createLiveReports((id) => all || containers.has(id))
    let reports = begin()
    const fields = request.detailed ? { fields: [...measures] } : {}
    return keepOpen<LiveUsage>({
      open: (signal) =>
        engine['usage.live'](
          { containers: [...request.containers], top: request.top, total: request.top > 0, interval, ...fields },
          { signal },
        ),
      onOpen: () => {
        // Each stream begins with all that it reports.
        reports = begin()
        sink.onOpen()
      },
      onItem: (report) => {
        const next = reports.next(sink.series(), report)
        sink.publish(next, reports.ids(), reports.total())
      },
    })
  }

/** Podman's stream: all figures of all containers. */
export const statsSource =
  (engine: Pick<Engine, 'container.stats'>): UsageSource =>
  (_request, sink) => {
    const sampling = createSampling()
    return keepOpen<StatsReport>({
      open: (signal) => engine['container.stats']({ stream: true, interval }, { signal }),
      onOpen: sink.onOpen,
      onItem: (report) => {
        const next = sampling.next(sink.series(), report)
        sink.publish(next, new Set(next.keys()), undefined)
      },
    })
  }
