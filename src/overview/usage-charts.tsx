import { useEffect, useMemo, useRef } from 'react'

import { clock } from '../engine/clock.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { formatMemory, formatPercent } from '../i18n/format.ts'
import { _ } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { align, type Sample, type Series } from '../engine/live/series.ts'
import { readRecorded } from '../engine/live/recorded-usage.ts'
import { useThrottled } from '../hooks/use-throttled.ts'
import { useStore } from '../hooks/use-store.ts'
import { EmptyView } from '../ui/empty-states.tsx'
import type { ChartSeries } from '../ui/charts/chart-props.ts'
import { UsageChart } from '../ui/charts/usage-chart.tsx'
import { isActive, nameOf } from '../engine/container-summary.ts'

/** Containers with a series of their own; the others are summed up. */
const maxSeries = 8
const step = 2000
const count = 300
const othersKey = 'rest'

/** The usage of the containers, stacked. */
export function UsageCharts() {
  const { data } = useEngine()
  const all = useThrottled(data.stats.all, true, step)
  const containers = useStore(data.containers).items
  const shown = useMemo(() => layersOf(all, containers ?? []), [all, containers])
  useRecorded(shown)
  const lines = useMemo(() => {
    const end = all.size > 0 ? Math.max(...[...all.values()].map(({ latest }) => latest.time)) : clock.get().getTime()
    const samples = new Map<string, readonly Sample[]>([...all].map(([id, { samples }]) => [id, samples]))
    return {
      cpu: fold(align(samples, 'cpu', end, step, count), shown),
      memory: fold(align(samples, 'memory', end, step, count), shown),
    }
  }, [all, shown])
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
        series={shown}
        formatValue={formatPercent}
        least={10}
        stacked
      />
      <UsageChart
        title={_('Memory by container')}
        aligned={lines.memory}
        series={shown}
        formatValue={formatMemory}
        least={16 * 1024 ** 2}
        stacked
        binary
      />
    </div>
  )
}

/** The containers with a series of their own, by name: all, or those with most memory. */
function layersOf(all: ReadonlyMap<string, Series>, containers: readonly ContainerSummary[]): readonly ChartSeries[] {
  const names = new Map(containers.map((each) => [each.Id, nameOf(each)]))
  const layers = [...all]
    .toSorted(([, a], [, b]) => b.latest.memory - a.latest.memory)
    .slice(0, maxSeries)
    .map(([key]) => ({ key, name: names.get(key) ?? key.slice(0, 12) }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((layer, index) => ({ ...layer, color: `var(--berth-chart-${index + 1})` }))
  return all.size > maxSeries
    ? [...layers, { key: othersKey, name: _('Other containers'), color: 'var(--berth-chart-rest)' }]
    : layers
}

/** Loads the usage that was recorded before the page was opened. */
function useRecorded(shown: readonly ChartSeries[]): void {
  const { engine, data, can } = useEngine()
  const requested = useRef(new Set<string>())
  useEffect(() => {
    if (!can.has('usage-history')) return
    const stop = new AbortController()
    for (const { key } of shown) {
      if (key === othersKey || requested.current.has(key)) continue
      requested.current.add(key)
      void readRecorded(engine, key, (step * count) / 1000, stop.signal).then((samples) => data.stats.seed(key, samples))
    }
  }, [engine, data, can, shown])
}

/** Sums up the containers without a series of their own. */
function fold({ times, values }: ReturnType<typeof align>, shown: readonly ChartSeries[]): ReturnType<typeof align> {
  const own = new Set(shown.map(({ key }) => key))
  if (!own.has(othersKey)) return { times, values }
  const others = [...values].filter(([id]) => !own.has(id)).map(([, line]) => line)
  const sum = times.map((_time, at) =>
    others.reduce<number | undefined>((total, line) => (line[at] === undefined ? total : (total ?? 0) + line[at]), undefined),
  )
  return { times, values: new Map([...[...values].filter(([id]) => own.has(id)), [othersKey, sum]]) }
}
