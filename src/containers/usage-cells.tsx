import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { formatMemory, formatPercent } from '../i18n/format.ts'
import { _ } from '../i18n/gettext.ts'
import { sumOfSeries } from '../engine/live/pod-usage.ts'
import type { Series } from '../engine/live/series.ts'
import { useStore } from '../hooks/use-store.ts'
import { Sparkline } from '../ui/charts/sparkline.tsx'

/** A container's series; only this cell is rendered on a change. Without a cgroup there are no figures. */
function useSeries(id: string) {
  const { data } = useEngine()
  const series = useStore(useMemo(() => data.stats.of(id), [data, id]))
  return series?.latest.memory === 0 ? undefined : series
}

/** Samples of the small charts: those of a minute. */
const recent = 30

/** CPU usage in percent of one core, now and over the last minute. */
export function CpuCell({ id }: { id: string }) {
  const series = useSeries(id)
  return series ? <Cpu series={series} /> : <span aria-hidden="true">–</span>
}

/** Memory usage, now and over the last minute. */
export function MemoryCell({ id }: { id: string }) {
  const series = useSeries(id)
  return series ? <Memory series={series} /> : <span aria-hidden="true">–</span>
}

/** What all containers of a pod use together; nothing while none runs. */
export function PodUsage({ containers }: { containers: readonly string[] }) {
  const { data } = useEngine()
  const key = containers.join(' ')
  const sum = useStore(useMemo(() => sumOfSeries(data.stats, key.split(' ').filter(Boolean)), [data, key]))
  if (!sum || sum.latest.memory === 0) return null
  return (
    <>
      <span className="berth-pod-use">
        <span className="berth-quiet">{_('CPU')}</span> <Cpu series={sum} />
      </span>
      <span className="berth-pod-use">
        <span className="berth-quiet">{_('Memory')}</span> <Memory series={sum} />
      </span>
    </>
  )
}

function Cpu({ series }: { series: Series }) {
  const values = series.samples.slice(-recent).map(({ cpu }) => cpu)
  return (
    <span className="berth-use">
      <span className="berth-number">{formatPercent(series.latest.cpu)}</span>
      <Sparkline values={values} top={20} slots={recent} color="var(--berth-cpu)" />
    </span>
  )
}

function Memory({ series }: { series: Series }) {
  const values = series.samples.slice(-recent).map(({ memory }) => memory)
  return (
    <span className="berth-use">
      <span className="berth-number">{formatMemory(series.latest.memory)}</span>
      <Sparkline values={values} top={Math.max(...values) * 1.25} slots={recent} color="var(--berth-memory)" />
    </span>
  )
}
