import { useCallback, useMemo } from 'react'

import { clock } from '../../engine/clock.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatMemory, formatPercent } from '../../i18n/format.ts'
import { _, ngettext } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useQuery } from '../../hooks/route.ts'
import { align, type Sample } from '../../engine/live/series.ts'
import { readRecorded } from '../../engine/live/recorded-usage.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { UsageChart } from '../../ui/charts/usage-chart.tsx'

const spans = { '60': 1, '300': 1, '900': 3, '3600': 15, '86400': 300, '604800': 3600, '2592000': 7200 } as const
type Span = keyof typeof spans

const none: readonly Sample[] = []

function spanOptions(recorded: boolean): [Span, string][] {
  const live: [Span, string][] = [
    ['60', ngettext('{n} minute', '{n} minutes', 1)],
    ['300', ngettext('{n} minute', '{n} minutes', 5)],
    ['900', ngettext('{n} minute', '{n} minutes', 15)],
  ]
  if (!recorded) return live
  return [
    ...live,
    ['3600', ngettext('{n} hour', '{n} hours', 1)],
    ['86400', ngettext('{n} day', '{n} days', 1)],
    ['604800', ngettext('{n} day', '{n} days', 7)],
    ['2592000', ngettext('{n} day', '{n} days', 30)],
  ]
}

/** CPU and memory usage of a container over time: recorded and live. */
export function ResourcesTab({ container }: { container: ContainerSummary }) {
  const { engine, data, can } = useEngine()
  const recording = can.has('usage-history')
  const [asked, setSpan] = useQuery<Span>('span', '300')
  const span: Span = asked in spans ? asked : '300'
  const live = useStore(useMemo(() => data.stats.of(container.Id), [data, container.Id]))
  const read = useCallback(
    (signal: AbortSignal) => (recording ? readRecorded(engine, container.Id, Number(span), signal) : Promise.resolve(none)),
    [engine, container.Id, recording, span],
  )
  const recorded = useCall(read).value
  const now = useStore(clock)
  const samples = useMemo(() => merge(recorded ?? none, live?.samples ?? none), [recorded, live])
  const step = spans[span] * 1000
  const end = live?.latest.time ?? now.getTime()
  const lines = useMemo(() => {
    const map = new Map([['use', samples]])
    const count = (Number(span) * 1000) / step
    return { cpu: align(map, 'cpu', end, step, count), memory: align(map, 'memory', end, step, count) }
  }, [samples, span, step, end])
  const limit = live?.limit
  return (
    <div className="berth-resources">
      <div className="berth-span">
        <SelectField label={_('Time range')} value={span} onChange={setSpan} options={spanOptions(recording)} />
      </div>
      <UsageChart
        title={_('CPU')}
        aligned={lines.cpu}
        series={[{ key: 'use', name: _('Of one CPU'), color: 'var(--berth-cpu)' }]}
        formatValue={formatPercent}
        least={10}
      />
      <UsageChart
        title={_('Memory')}
        aligned={lines.memory}
        series={[{ key: 'use', name: _('Memory'), color: 'var(--berth-memory)' }]}
        formatValue={formatMemory}
        least={1024 ** 2}
        limit={limit}
        binary
      />
      {container.State !== 'running' && samples.length === 0 && (
        <p className="berth-quiet">{_('The container is not running: there are no metrics.')}</p>
      )}
    </div>
  )
}

/** Recorded samples, followed by the live ones after them. */
function merge(recorded: readonly Sample[], live: readonly Sample[]): readonly Sample[] {
  const last = recorded.at(-1)?.time ?? 0
  return recorded.length === 0 ? live : [...recorded, ...live.filter(({ time }) => time > last)]
}
