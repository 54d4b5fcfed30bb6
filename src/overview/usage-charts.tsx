import { useEffect, useMemo, useRef, useState } from 'react'

import { clock } from '../engine/clock.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { formatMemory, formatPercent } from '../i18n/format.ts'
import { _ } from '../i18n/gettext.ts'
import { linkTo } from '../hooks/route.ts'
import { align, mergeSamples, type Sample } from '../engine/live/series.ts'
import { readRecordedOfAll } from '../engine/live/recorded-usage.ts'
import { useThrottled } from '../hooks/use-throttled.ts'
import { useStore } from '../hooks/use-store.ts'
import { EmptyView } from '../ui/empty-states.tsx'
import type { ChartSeries } from '../ui/charts/chart-props.ts'
import { UsageChart } from '../ui/charts/usage-chart.tsx'
import { isActive } from '../engine/container-summary.ts'
import { fold, layersOf, othersKey } from './ranking.ts'

const step = 2000
const count = 300

/** The usage of the containers, stacked. */
export function UsageCharts() {
  const { data } = useEngine()
  const { series: all, total: live } = useThrottled(data.stats.top, true, step)
  const containers = useStore(data.containers).items
  const shown = useMemo(() => layersOf(all, containers ?? []), [all, containers])
  const recorded = useRecorded([...shown.cpu, ...shown.memory])
  const lines = useMemo(() => {
    const end = all.size > 0 ? Math.max(...[...all.values()].map(({ latest }) => latest.time)) : clock.get().getTime()
    const samples = new Map<string, readonly Sample[]>([...all].map(([id, { samples }]) => [id, samples]))
    const line = (field: 'cpu' | 'memory') => {
      const total = mergeSamples(recorded, live, step / 1000)
      const sums = align(new Map([['', total]]), field, end, step, count).values.get('')!
      return fold(align(samples, field, end, step, count), shown[field], sums)
    }
    return { cpu: line('cpu'), memory: line('memory') }
  }, [all, shown, recorded, live])
  if (containers && all.size === 0 && !containers.some(isActive)) {
    return (
      <EmptyView title={_('No running containers')} action={<a href={linkTo(['containers'])}>{_('All containers')}</a>}>
        {_('The resource usage of containers is shown here while they are running.')}
      </EmptyView>
    )
  }
  return (
    <div className="berth-charts">
      <UsageChart
        title={_('CPU by container')}
        aligned={lines.cpu}
        series={shown.cpu}
        formatValue={formatPercent}
        least={10}
        cursor="overview"
        stacked
      />
      <UsageChart
        title={_('Memory by container')}
        aligned={lines.memory}
        series={shown.memory}
        formatValue={formatMemory}
        least={16 * 1024 ** 2}
        cursor="overview"
        stacked
        binary
      />
    </div>
  )
}

/** Fills in what was recorded before the page was opened. @returns the sums over all containers. */
function useRecorded(shown: readonly ChartSeries[]): readonly Sample[] {
  const { engine, data, can } = useEngine()
  const requested = useRef(new Set<string>())
  const [total, setTotal] = useState<readonly Sample[]>([])
  useEffect(() => {
    const ids = new Set(shown.map(({ key }) => key))
    const containers = [...ids].filter((key) => key !== othersKey && !requested.current.has(key))
    if (containers.length === 0 || !can.does('usage.history')) return
    containers.forEach((id) => requested.current.add(id))
    const input = { containers, seconds: (step * count) / 1000, points: count, total: true }
    // Not cancelled when others are shown: what comes is kept.
    void readRecordedOfAll(engine, input, new AbortController().signal).then((recorded) => {
      data.stats.seed(recorded.byId)
      setTotal(recorded.total)
    })
  }, [engine, data, can, shown])
  return total
}
