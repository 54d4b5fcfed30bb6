import { useMemo } from 'react'

import type { ContainerInspect } from '../../../engine/contract/index.ts'
import { formatMemory, formatPercent, formatRate } from '../../i18n/format.ts'
import { _ } from '../../i18n/gettext.ts'
import { type Aligned, align, type Measure, type Sample } from '../../engine/live/series.ts'
import type { ChartMark, ChartSeries, Section, UsageChartProps } from '../../ui/charts/chart-props.ts'
import { cut } from '../../ui/charts/section.ts'
import { UsageChart } from '../../ui/charts/usage-chart.tsx'

interface ResourceChartsProps {
  samples: readonly Sample[]
  /** Milliseconds since the epoch of the right edge; between points; how many points. */
  end: number
  step: number
  count: number
  marks: readonly ChartMark[]
  section: Section | undefined
  onZoom: (section: Section) => void
  inspect: ContainerInspect | undefined
}

type Chart = Pick<UsageChartProps, 'title' | 'formatValue' | 'least' | 'binary' | 'limit'> & {
  series: readonly (ChartSeries & { key: Measure })[]
}

/** CPU, memory, network and disk of one container, with one cursor. */
export function ResourceCharts({ samples, end, step, count, marks, section, onZoom, inspect }: ResourceChartsProps) {
  const charts = useMemo(() => chartsOf(inspect), [inspect])
  const lines = useMemo(
    () => charts.map(({ series }) => cut(linesOf(samples, series, { end, step, count }), section)),
    [charts, samples, end, step, count, section],
  )
  return charts.map((chart, index) => (
    <UsageChart
      key={chart.title}
      {...chart}
      subject={inspect?.Name.replace(/^\//, '')}
      aligned={lines[index]!}
      marks={marks}
      cursor="resources"
      onZoom={onZoom}
    />
  ))
}

function linesOf(
  samples: readonly Sample[],
  series: Chart['series'],
  { end, step, count }: { end: number; step: number; count: number },
): Aligned {
  const source = new Map([['', samples]])
  const lines = series.map(({ key }) => [key, align(source, key, end, step, count)] as const)
  return { times: lines[0]![1].times, values: new Map(lines.map(([key, { values }]) => [key, values.get('')!])) }
}

function chartsOf(inspect: ContainerInspect | undefined): readonly Chart[] {
  const { cpu, memory } = limitsOf(inspect)
  return [
    {
      title: _('CPU'),
      series: [{ key: 'cpu', name: _('Of one CPU'), color: 'var(--berth-cpu)' }],
      formatValue: formatPercent,
      least: 10,
      limit: cpu,
    },
    {
      title: _('Memory'),
      series: [{ key: 'memory', name: _('Memory'), color: 'var(--berth-memory)' }],
      formatValue: formatMemory,
      least: 1024 ** 2,
      limit: memory,
      binary: true,
    },
    {
      title: _('Network'),
      series: [
        { key: 'rx', name: _('Received'), color: 'var(--berth-chart-3)' },
        { key: 'tx', name: _('Sent'), color: 'var(--berth-chart-4)' },
      ],
      formatValue: formatRate,
      least: 1000,
    },
    {
      title: _('Disk I/O'),
      series: [
        { key: 'read', name: _('Read'), color: 'var(--berth-chart-5)' },
        { key: 'write', name: _('Written'), color: 'var(--berth-chart-6)' },
      ],
      formatValue: formatRate,
      least: 1000,
    },
  ]
}

/** The limits that the container was created with: percent of one core, and bytes. */
function limitsOf(inspect: ContainerInspect | undefined): { cpu?: number; memory?: number } {
  const { NanoCpus = 0, CpuQuota = 0, CpuPeriod = 0, Memory = 0 } = inspect?.HostConfig ?? {}
  const cpu = NanoCpus > 0 ? NanoCpus / 1e7 : CpuQuota > 0 ? (CpuQuota / (CpuPeriod || 100_000)) * 100 : undefined
  return { ...(cpu === undefined ? {} : { cpu }), ...(Memory > 0 ? { memory: Memory } : {}) }
}
