import { useEffect, useMemo, useRef } from 'react'

import { isActive } from '../containers/filtering.ts'
import { nameOf } from '../containers/grouping.ts'
import { clock } from '../lib/clock.ts'
import { useEngine } from '../lib/engine-context.tsx'
import { formatMemory, formatPercent } from '../lib/format.ts'
import { _ } from '../lib/gettext.ts'
import type { ContainerSummary } from '../lib/live-data.ts'
import { linkTo } from '../lib/location.ts'
import { align, type Sample, type Series } from '../lib/series.ts'
import { readRecorded } from '../lib/usage.ts'
import { useSlow } from '../lib/use-slow.ts'
import { useStore } from '../lib/use-store.ts'
import { NothingYet } from '../ui/empty.tsx'
import { type ChartSeries, UseChart } from '../ui/use-chart.tsx'

/** How many containers have a colour of their own; the rest is one layer. */
const most = 8
const step = 2000
const count = 300
const rest = 'rest'

/** What the containers use, on top of each other. */
export function UseCharts() {
  const { data } = useEngine()
  const all = useSlow(data.stats.all, true, step)
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
      <NothingYet title={_('No container runs')} action={<a href={linkTo(['containers'])}>{_('All containers')}</a>}>
        {_('What containers use of the host is drawn here while they run.')}
      </NothingYet>
    )
  }
  return (
    <div className="berth-charts">
      <UseChart title={_('CPU by container')} aligned={lines.cpu} series={shown} formatValue={formatPercent} least={10} stacked />
      <UseChart
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

/** The containers that have a layer of their own, by name: all, or those that use most memory. */
function layersOf(all: ReadonlyMap<string, Series>, containers: readonly ContainerSummary[]): readonly ChartSeries[] {
  const names = new Map(containers.map((each) => [each.Id, nameOf(each)]))
  const layers = [...all]
    .toSorted(([, a], [, b]) => b.latest.memory - a.latest.memory)
    .slice(0, most)
    .map(([key]) => ({ key, name: names.get(key) ?? key.slice(0, 12) }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((layer, index) => ({ ...layer, color: `var(--berth-chart-${index + 1})` }))
  return all.size > most ? [...layers, { key: rest, name: _('All others'), color: 'var(--berth-chart-rest)' }] : layers
}

/** Begins the charts with what was recorded before the page was opened. */
function useRecorded(shown: readonly ChartSeries[]): void {
  const { engine, data, can } = useEngine()
  const asked = useRef(new Set<string>())
  useEffect(() => {
    if (!can.has('usage-history')) return
    const stop = new AbortController()
    for (const { key } of shown) {
      if (key === rest || asked.current.has(key)) continue
      asked.current.add(key)
      void readRecorded(engine, key, (step * count) / 1000, stop.signal).then((samples) => data.stats.seed(key, samples))
    }
  }, [engine, data, can, shown])
}

/** Adds up those that have no layer of their own. */
function fold({ times, values }: ReturnType<typeof align>, shown: readonly ChartSeries[]): ReturnType<typeof align> {
  const own = new Set(shown.map(({ key }) => key))
  if (!own.has(rest)) return { times, values }
  const others = [...values].filter(([id]) => !own.has(id)).map(([, line]) => line)
  const sum = times.map((_time, at) =>
    others.reduce<number | undefined>((total, line) => (line[at] === undefined ? total : (total ?? 0) + line[at]), undefined),
  )
  return { times, values: new Map([...[...values].filter(([id]) => own.has(id)), [rest, sum]]) }
}
