import { clock } from '../lib/clock.ts'
import { formatAgo, formatMoment, parseTime } from '../lib/format.ts'
import { useStore } from '../lib/use-store.ts'

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
