import type { Engine, Event } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { keepOpen } from '../engine/connection/retry.ts'
import { createStore, type Store } from '../engine/store.ts'

/** The newest events that are kept. */
export const maxEvents = 1_000

/** Milliseconds in which events that come together are shown together. */
const batchTime = 150

/** Events, the newest first. */
export interface EventList {
  readonly events: readonly Event[]
  /** There were more than are kept. */
  readonly more: boolean
  readonly error: EngineError | undefined
}

/** What identifies an event: the same one may come twice, around an interruption. */
export const keyOf = ({ timeNano, Type, Action, Actor }: Event): string => `${timeNano} ${Type} ${Action} ${Actor.ID}`

/** Says whether an event is a health check with the result of the one before. */
function createHealthMemory(): (event: Event) => boolean {
  const health = new Map<string, string>()
  return ({ Action, Actor, HealthStatus }) => {
    if (Action !== 'health_status' || HealthStatus === undefined) return false
    const before = health.get(Actor.ID)
    health.set(Actor.ID, HealthStatus)
    return before === HealthStatus
  }
}

/**
 * The events since a moment, and those to come, by one stream while it is used. After an interruption it goes on from the last one,
 * without a gap and without doubles. Of health checks only those are events that found another health than the one before: they run every
 * few seconds, and all else would be lost among them. `since`: a duration, or seconds.
 */
export function createEventList(
  engine: Pick<Engine, 'system.events'>,
  since: string,
  types: readonly string[],
): Store<EventList> {
  let events: Event[] = []
  let keys = new Set<string>()
  const isRepeated = createHealthMemory()
  let more = false
  let error: EngineError | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const filters: Record<string, string[]> = types.length > 0 ? { type: [...types] } : {}
  const show = () => {
    timer = undefined
    if (events.length > maxEvents) {
      events = events.slice(-maxEvents)
      keys = new Set(events.map(keyOf))
      more = true
    }
    store.set({ events: events.toReversed(), more, error })
  }
  const store = createStore<EventList>(
    { events: [], more: false, error: undefined },
    {
      start: () =>
        keepOpen({
          open: (signal) => {
            const last = events.at(-1)?.time
            return engine['system.events'](
              { stream: true, since: last === undefined ? since : String(last), filters },
              { signal },
            )
          },
          onOpen: () => (error = undefined),
          onItem: (event) => {
            if (keys.has(keyOf(event)) || isRepeated(event)) return
            keys.add(keyOf(event))
            events.push(event)
            timer ??= setTimeout(show, batchTime)
          },
          onLost: (lost) => {
            if (lost === undefined) return
            error = EngineError.from(lost)
            timer ??= setTimeout(show, batchTime)
          },
        }),
    },
  )
  return store
}
