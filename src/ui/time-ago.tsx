import { clock } from '../engine/clock.ts'
import { formatAgo, formatMoment, parseTime } from '../i18n/format.ts'
import { useStore } from '../hooks/use-store.ts'

/** How long ago something was, with the moment itself on hover. libpod's zero time is a dash. */
export function TimeAgo({ value }: { value: string | number }) {
  const now = useStore(clock)
  const time = parseTime(value)
  if (!time) return <span aria-hidden="true">–</span>
  return (
    <time dateTime={time.toISOString()} title={formatMoment(time)}>
      {formatAgo(time, time > now ? time : now)}
    </time>
  )
}
