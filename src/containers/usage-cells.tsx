import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { formatMemory, formatPercent } from '../i18n/format.ts'
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
  if (!series) return <span aria-hidden="true">–</span>
  const values = series.samples.slice(-recent).map(({ cpu }) => cpu)
  return (
    <span className="berth-use">
      <span className="berth-number">{formatPercent(series.latest.cpu)}</span>
      <Sparkline values={values} top={20} slots={recent} color="var(--berth-cpu)" />
    </span>
  )
}

/** Memory usage, now and over the last minute. */
export function MemoryCell({ id }: { id: string }) {
  const series = useSeries(id)
  if (!series) return <span aria-hidden="true">–</span>
  const values = series.samples.slice(-recent).map(({ memory }) => memory)
  return (
    <span className="berth-use">
      <span className="berth-number">{formatMemory(series.latest.memory)}</span>
      <Sparkline values={values} top={Math.max(...values) * 1.25} slots={recent} color="var(--berth-memory)" />
    </span>
  )
}
