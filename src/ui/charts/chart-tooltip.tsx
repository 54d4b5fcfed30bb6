import { clock } from '../../engine/clock.ts'
import { formatClock, formatMoment } from '../../i18n/format.ts'
import type { ChartMark } from './chart-props.ts'

interface ChartTooltipProps {
  active?: boolean
  label?: number
  payload?: readonly { dataKey?: string | number; value?: number; color?: string }[]
  formatValue: (value: number) => string
  names: ReadonlyMap<string, string>
  marks: readonly ChartMark[]
}

/** Milliseconds around the pointer in which an event is named. */
const near = 5_000

/** The values at the time under the pointer. */
export function ChartTooltip({ active, label, payload = [], formatValue, names, marks }: ChartTooltipProps) {
  if (!active || label === undefined) return null
  const time = new Date(label)
  const events = marks.filter((mark) => Math.abs(mark.time - label) <= near)
  return (
    <div className="berth-hover">
      <div className="berth-quiet">{clock.get().getTime() - label < 86_400_000 ? formatClock(time) : formatMoment(time)}</div>
      {payload.toReversed().map(({ dataKey = '', value, color }) => (
        <div key={dataKey} className="berth-hover-line">
          <span className="berth-legend-mark" style={{ background: color }} />
          <span>{names.get(String(dataKey))}</span>
          <b>{value === undefined ? '–' : formatValue(value)}</b>
        </div>
      ))}
      {events.map((mark) => (
        <div key={`${mark.time} ${mark.name}`}>{mark.name}</div>
      ))}
    </div>
  )
}
