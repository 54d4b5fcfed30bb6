import { useCallback, useMemo } from 'react'

import type { PodInspect } from '../../../engine/contract/index.ts'
import { clock } from '../../engine/clock.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { sumSamples } from '../../engine/live/pod-usage.ts'
import { readRecordedOfAll } from '../../engine/live/recorded-usage.ts'
import { align, mergeSamples, type Sample } from '../../engine/live/series.ts'
import { linkTo, useQuery } from '../../hooks/route.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useThrottled } from '../../hooks/use-throttled.ts'
import { formatMemory, formatPercent } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { UsageChart } from '../../ui/charts/usage-chart.tsx'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { podLimits } from './pod-properties-tab.tsx'

/** Seconds between points, by the seconds shown. */
const spans = { '60': 2, '300': 2, '900': 3, '3600': 15, '86400': 300 } as const
type Span = keyof typeof spans

/** Milliseconds between drawings. */
const pause = 3000

const none: readonly Sample[] = []

type Line = Pick<PodSummary['Containers'][number], 'Id' | 'Names'> & { samples: readonly Sample[] }

/** What a pod uses over time, and each of its containers. */
export function PodResourcesTab({ pod, inspect }: { pod: PodSummary; inspect: PodInspect | undefined }) {
  const { can } = useEngine()
  const [asked, setSpan] = useQuery<Span>('span', '300')
  const span: Span = asked in spans ? asked : '300'
  const step = spans[span] * 1000
  const count = (Number(span) * 1000) / step
  const { lines, end } = useLines(pod, span)
  const axis = { end, step, count }
  const sum = useMemo(
    () =>
      sumSamples(
        lines.map(({ samples }) => samples),
        { end, step, count },
      ),
    [lines, end, step, count],
  )
  const known = lines.filter(({ samples }) => samples.length > 0)
  return (
    <div className="berth-resources">
      <div className="berth-chart-bar">
        <SelectField label={_('Time range')} value={span} onChange={setSpan} options={spanOptions(can.has('usage-history'))} />
      </div>
      {known.length === 0 && <p className="berth-quiet">{_('The pod is not running: there are no metrics.')}</p>}
      {known.length > 0 && <Charts title={_('All containers')} samples={sum} {...axis} limits={podLimits(inspect)} />}
      {known.map(({ Id, Names, samples }) => (
        <Charts key={Id} title={Names} href={linkTo(['containers', Id], { tab: 'resources' })} samples={samples} {...axis} />
      ))}
    </div>
  )
}

function spanOptions(recorded: boolean): [Span, string][] {
  const live: [Span, string][] = [
    ['60', ngettext('{n} minute', '{n} minutes', 1)],
    ['300', ngettext('{n} minute', '{n} minutes', 5)],
    ['900', ngettext('{n} minute', '{n} minutes', 15)],
  ]
  if (!recorded) return live
  return [...live, ['3600', ngettext('{n} hour', '{n} hours', 1)], ['86400', ngettext('{n} day', '{n} days', 1)]]
}

/** Recorded and live samples of all its containers: one call, and the page's one stream. */
function useLines(pod: PodSummary, span: Span): { lines: readonly Line[]; end: number } {
  const { engine, data, can } = useEngine()
  const all = useThrottled(data.stats.all, true, pause)
  const seconds = Number(span)
  const ids = pod.Containers.map(({ Id }) => Id).join(' ')
  const recording = can.does('usage.history')
  const read = useCallback(
    async (signal: AbortSignal) => {
      const containers = ids.split(' ').filter(Boolean)
      if (!recording || containers.length === 0) return new Map<string, readonly Sample[]>()
      return (await readRecordedOfAll(engine, { containers, seconds, points: seconds / spans[span] }, signal)).byId
    },
    [engine, ids, recording, seconds, span],
  )
  const recorded = useCall(read).value
  return useMemo(() => {
    const lines = pod.Containers.map(({ Id, Names }) => ({
      Id,
      Names,
      samples: mergeSamples(recorded?.get(Id) ?? none, all.get(Id)?.samples ?? none, spans[span]),
    }))
    const newest = Math.max(0, ...lines.map(({ samples }) => samples.at(-1)?.time ?? 0))
    return { lines, end: newest || clock.get().getTime() }
  }, [pod.Containers, recorded, all, span])
}

interface ChartsProps {
  title: string
  /** Where it leads. */
  href?: string
  samples: readonly Sample[]
  end: number
  step: number
  count: number
  limits?: { cpu?: number; memory?: number }
}

/** CPU and memory of one of them, side by side. */
function Charts({ title, href, samples, end, step, count, limits = {} }: ChartsProps) {
  const line = (field: 'cpu' | 'memory') => align(new Map([[field, samples]]), field, end, step, count)
  const shared = { cursor: 'pod' }
  return (
    <section className="berth-pod-charts" aria-label={title}>
      <h2 className="berth-pod-charts-title">{href === undefined ? title : <a href={href}>{title}</a>}</h2>
      <UsageChart
        {...shared}
        title={format(_('CPU: {name}'), { name: title })}
        aligned={line('cpu')}
        series={[{ key: 'cpu', name: _('Of one CPU'), color: 'var(--berth-cpu)' }]}
        formatValue={formatPercent}
        least={10}
        limit={limits.cpu}
      />
      <UsageChart
        {...shared}
        title={format(_('Memory: {name}'), { name: title })}
        aligned={line('memory')}
        series={[{ key: 'memory', name: _('Memory'), color: 'var(--berth-memory)' }]}
        formatValue={formatMemory}
        least={1024 ** 2}
        limit={limits.memory}
        binary
      />
    </section>
  )
}
