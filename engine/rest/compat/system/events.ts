import type { Event } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'

/** Events in Docker's form. */
export const events: Mapping<'docker.system.events'> = async (engine, input, options) =>
  toEvents(await engine['system.events'](input, options))

/** Docker's names for libpod's terms. */
const words: Readonly<Record<string, string>> = {
  'container died': 'die',
  'container remove': 'destroy',
  'image remove': 'delete',
}

async function* toEvents(events: AsyncIterable<Event>): AsyncGenerator<Event> {
  for await (const event of events) {
    const action = words[`${event.Type} ${event.Action}`] ?? event.Action
    yield { ...event, Action: action, status: action }
  }
}
