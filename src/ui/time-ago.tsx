import { clock } from '../engine/clock.ts'
import { formatAgo, formatMoment, parseTime } from '../i18n/format.ts'
import { useSelected } from '../hooks/use-store.ts'

/**
 * How long ago something was (RFC 3339, or seconds since the epoch), with the moment itself on hover; `text` is what is said of that.
 * libpod's zero time is a dash.
 */
export function TimeAgo({ value, text = (ago) => ago }: { value: string | number; text?: (ago: string) => string }) {
  const time = parseTime(value)
  // Most times are the same text after ten seconds.
  const ago = useSelected(clock, (now) => time && text(formatAgo(time, time > now ? time : now)))
  if (!time) return <span aria-hidden="true">–</span>
  return (
    <time dateTime={time.toISOString()} title={formatMoment(time)}>
      {ago}
    </time>
  )
}
