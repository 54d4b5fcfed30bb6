import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useCallback, useMemo, useState } from 'react'

import type { ContainerInspect } from '../../../engine/contract/index.ts'
import { clock } from '../../engine/clock.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatClock, formatMoment } from '../../i18n/format.ts'
import { _, ngettext } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useQuery } from '../../hooks/route.ts'
import { align, mergeSamples, type Sample } from '../../engine/live/series.ts'
import { readRecorded } from '../../engine/live/recorded-usage.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { useThrottled } from '../../hooks/use-throttled.ts'
import type { ChartMark, Section } from '../../ui/charts/chart-props.ts'
import { zoomIn } from '../../ui/charts/section.ts'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { RecorderNote } from './recorder-note.tsx'
import { ResourceCharts } from './resource-charts.tsx'
import { useMarks } from './use-marks.ts'

/** Seconds between points, by the seconds shown. */
const spans = { '60': 2, '300': 2, '900': 3, '3600': 15, '86400': 300, '604800': 3600, '2592000': 7200 } as const
type Span = keyof typeof spans

/** Milliseconds between drawings: four charts take a while, and a long range changes slowly. */
const shortestPause = 2000
const longestPause = 15_000

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

interface ResourcesTabProps {
  container: ContainerSummary
  inspect: ContainerInspect | undefined
}

/** What a container uses over time, recorded and live: four charts on one time axis. */
export function ResourcesTab({ container, inspect }: ResourcesTabProps) {
  const { can } = useEngine()
  const recording = can.has('usage-history')
  const [asked, setSpan] = useQuery<Span>('span', '300')
  const span: Span = asked in spans ? asked : '300'
  const [section, setSection] = useState<Section>()
  const { samples, end, step } = useSamples(container.Id, span, recording)
  const count = (Number(span) * 1000) / step
  const times = useMemo(() => align(new Map(), 'cpu', end, step, count), [end, step, count])
  const [opened] = useState(() => Math.floor(clock.get().getTime() / 1000))
  const marks = useMarks(container.Id, opened - Number(span))
  const narrower = zoomIn(section ? { times: times.times.filter((time) => time >= section.from && time <= section.to) } : times)
  return (
    <div className="berth-resources">
      <div className="berth-chart-bar">
        <SelectField
          label={_('Time range')}
          value={span}
          onChange={(value) => {
            setSection(undefined)
            setSpan(value)
          }}
          options={spanOptions(recording)}
        />
        <Button variant="secondary" isDisabled={!narrower} onClick={() => setSection(narrower)}>
          {_('Zoom in')}
        </Button>
        <Button variant="secondary" isDisabled={!section} onClick={() => setSection(undefined)}>
          {_('Reset zoom')}
        </Button>
      </div>
      {recording && <RecorderNote />}
      <ResourceCharts {...{ samples, end, step, count, marks, section, inspect }} onZoom={setSection} />
      <Marks
        marks={marks.filter(
          ({ time }) => time >= (section?.from ?? end - Number(span) * 1000) && time <= (section?.to ?? Infinity),
        )}
      />
      {container.State !== 'running' && samples.length === 0 && (
        <p className="berth-quiet">{_('The container is not running: there are no metrics.')}</p>
      )}
    </div>
  )
}

function useSamples(id: string, span: Span, recording: boolean): { samples: readonly Sample[]; end: number; step: number } {
  const { engine, data } = useEngine()
  const store = useMemo(() => data.stats.of(id, true), [data, id])
  const live = useThrottled(store, true, Math.min(longestPause, Math.max(shortestPause, spans[span] * 1000)))
  const seconds = Number(span)
  const points = seconds / spans[span]
  const read = useCallback(
    (signal: AbortSignal) => (recording ? readRecorded(engine, id, { seconds, points }, signal) : Promise.resolve(none)),
    [engine, id, recording, seconds, points],
  )
  const recorded = useCall(read).value
  const now = useStore(clock)
  const samples = useMemo(() => mergeSamples(recorded ?? none, live?.samples ?? none, spans[span]), [recorded, live, span])
  return { samples, end: live?.latest.time ?? now.getTime(), step: spans[span] * 1000 }
}

/** The events that the charts mark, as text. */
function Marks({ marks }: { marks: readonly ChartMark[] }) {
  if (marks.length === 0) return null
  const long = marks.at(-1)!.time - marks[0]!.time > 43_200_000
  return (
    <ul className="berth-marks berth-chart-wide" aria-label={_('Events')}>
      {marks.slice(-12).map(({ time, name, tone }) => (
        <li key={`${time} ${name}`} className={`berth-mark-${tone}`}>
          {(long ? formatMoment : formatClock)(new Date(time))} {name}
        </li>
      ))}
    </ul>
  )
}
