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

/** Docker's name for it beside libpod's. */
function withExitCode({ Actor }: Event): Partial<Event> {
  const exitCode = Actor.Attributes['containerExitCode']
  return exitCode === undefined ? {} : { Actor: { ...Actor, Attributes: { ...Actor.Attributes, exitCode } } }
}

async function* toEvents(events: AsyncIterable<Event>): AsyncGenerator<Event> {
  for await (const event of events) {
    const action = words[`${event.Type} ${event.Action}`] ?? event.Action
    yield { ...event, Action: action, status: action, ...withExitCode(event) }
  }
}
