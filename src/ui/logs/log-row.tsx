import { memo } from 'react'

import { _, format } from '../../i18n/gettext.ts'
import { formatMemory } from '../../i18n/format.ts'
import { parseAnsi, type Span } from '../terminal/ansi.ts'
import type { LogLine, LogWriter } from './log-source.ts'

interface LogRowProps {
  line: LogLine | undefined
  /** Whether the time stands in front. */
  times: boolean
  /** It is the match that one has gone to. */
  current: boolean
}

/** One line of a log; one that is being loaded is empty. */
export const LogRow = memo(function LogRow({ line, times, current }: LogRowProps) {
  const classes = ['berth-log-line', line?.stream === 'stderr' && 'berth-log-error', current && 'berth-log-current']
  return (
    <div className={classes.filter(Boolean).join(' ')} aria-current={current ? 'true' : undefined}>
      {line === undefined ? (
        <span className="berth-quiet">…</span>
      ) : (
        <>
          {line.writer && <Writer {...line.writer} />}
          {times && <LocalTime time={line.time} />}
          {marked(parseAnsi(line.text), line.marks ?? []).map((part, index) => (
            <Part key={index} part={part} />
          ))}
          {line.size > longestText && (
            <span className="berth-quiet"> {format(_('… ({size} in all)'), { size: formatMemory(line.size) })}</span>
          )}
          {line.text === '' && '\u200B'}
        </>
      )}
    </div>
  )
})

/** Bytes of a line that come from the host. */
const longestText = 8192

interface Marked extends Span {
  mark: boolean
}

function Part({ part: { text, color, bold, mark } }: { part: Marked }) {
  const className = [color && `berth-ansi-${color}`, bold && 'berth-ansi-bold'].filter(Boolean).join(' ') || undefined
  if (mark) return <mark className={className}>{text}</mark>
  return className ? <span className={className}>{text}</span> : text
}

/** Cuts spans where marks begin and end. */
export function marked(spans: readonly Span[], marks: readonly (readonly [number, number])[]): Marked[] {
  const parts: Marked[] = []
  let at = 0
  for (const span of spans) {
    const end = at + span.text.length
    const borders = marks.flat().filter((border) => border > at && border < end)
    let begin = at
    for (const border of [...borders, end]) {
      const text = span.text.slice(begin - at, border - at)
      if (text !== '') parts.push({ ...span, text, mark: marks.some(([from, to]) => from <= begin && border <= to) })
      begin = border
    }
    at = end
  }
  return parts
}

function Writer({ name, color }: LogWriter) {
  return (
    <>
      <span className="berth-log-writer" style={{ borderColor: color }}>
        {name}
      </span>{' '}
    </>
  )
}

function LocalTime({ time }: { time: string }) {
  return (
    <time className="berth-log-time" dateTime={time}>
      {localTime(time)}
    </time>
  )
}

/** A moment of RFC 3339 in this browser's time zone, to the millisecond: `2026-11-28 19:47:00.123`. */
export function localTime(time: string): string {
  const date = new Date(time.replace(/(\.\d{3})\d+/, '$1'))
  if (Number.isNaN(date.getTime())) return time
  const pad = (value: number, width = 2) => String(value).padStart(width, '0')
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => pad(value)).join(':')
  return `${day} ${clock}.${pad(date.getMilliseconds(), 3)}`
}
