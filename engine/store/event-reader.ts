import { statSync } from 'node:fs'

import type { EventLine } from './events.ts'
import { streamLines } from './line-stream.ts'

export interface EventReaderOptions {
  file: string
  /** Where to begin, from {@link eventsEnd}; at the first event that is still there, if not given. */
  offset?: number
  /** Goes on until this settles. */
  follow?: Promise<unknown>
  signal?: AbortSignal
}

/** Events in the order they were written, from the file before the last rotation on. Damaged lines are skipped. */
export async function* readEvents(options: EventReaderOptions): AsyncGenerator<EventLine> {
  const { file, offset, follow, signal } = options
  if (offset === undefined)
    for await (const lines of streamLines({ file: `${file}.1` })) yield* lines.map(parseEvent).filter((event) => event !== null)
  const startAt = async () => offset ?? 0
  for await (const lines of streamLines({ file, follow, signal, startAt }))
    yield* lines.map(parseEvent).filter((event) => event !== null)
}

/** Where the events end now. */
export function eventsEnd(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function parseEvent(line: Buffer): EventLine | null {
  try {
    const value = JSON.parse(line.toString('utf8')) as EventLine | null
    const whole =
      typeof value?.ID === 'string' &&
      typeof value.Status === 'string' &&
      typeof value.Time === 'string' &&
      typeof value.Type === 'string'
    return whole ? { ...value, Image: value.Image ?? '', Name: value.Name ?? '', Attributes: value.Attributes ?? null } : null
  } catch {
    return null
  }
}
