import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type EventLine, nowNano } from '../../store/index.ts'
import { eventsEnd, readEvents } from '../../store/event-reader.ts'
import { eventFilter } from '../events/filter.ts'
import { toApiEvent } from '../events/shape.ts'
import { parseMoment } from '../time/moment.ts'
import { parseRfc3339 } from '../time/nanos.ts'
import { waitUntil } from '../time/wait-until.ts'
import type { Verb } from '../verb.ts'

/**
 * Events of this store, of all processes. With `stream` and neither `since` nor `until` only those to come; else past ones
 * first. Following ends at `until`, or with the caller's signal.
 */
export const events: Verb<'system.events'> = async (context, input, { signal }) => {
  if (context.options.withoutEvents)
    throw new EngineError('NotSupported', 'cannot read events with the "none" backend: leave --events-backend out')
  const matches = eventFilter(input.filters)
  const since = input.since ? parseMoment(input.since, 'since') : undefined
  const until = input.until ? parseMoment(input.until, 'until', true) : undefined
  const past = !input.stream || since !== undefined || until !== undefined
  const wanted = (event: EventLine): boolean => {
    const time = parseRfc3339(event.Time) ?? 0n
    return (since === undefined || time >= since) && (until === undefined || time <= until) && matches(event)
  }
  const follow = input.stream && (until === undefined || until > nowNano()) ? waitUntil(until, signal) : undefined
  const lines = readEvents({
    file: context.eventsFile,
    offset: past ? undefined : eventsEnd(context.eventsFile),
    follow: follow?.promise,
    signal,
  })
  return shaped(lines, wanted, () => follow?.cancel())
}

async function* shaped(
  lines: AsyncIterable<EventLine>,
  wanted: (event: EventLine) => boolean,
  done: () => void,
): AsyncGenerator<Output<'system.events'>> {
  try {
    for await (const line of lines) if (wanted(line)) yield toApiEvent(line)
  } finally {
    done()
  }
}
