import { createTarParser } from './parser.ts'
import type { TarHeader } from './types.ts'

/** An archive member while it is being read. */
export interface TarEntry {
  header: TarHeader
  /** Its content. May be left unread; it is gone once the next entry is asked for. Each chunk is a copy. */
  body: AsyncIterable<Uint8Array>
}

/**
 * Reads an archive member by member. For the fastest way (extraction of layers) use {@link createTarParser}.
 * @param source the uncompressed archive, in chunks of any size.
 * @throws ArchiveInvalid, from the iteration, when the archive is damaged; what `source` throws is passed on.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  type Event = TarHeader | Uint8Array | 'end'
  const events: Event[] = []
  const parser = createTarParser({
    entry: (header) => events.push(header),
    data: (chunk) => events.push(Uint8Array.from(chunk)),
    end: () => events.push('end'),
  })
  const chunks = source[Symbol.asyncIterator]()
  let over = false

  async function next(): Promise<Event | undefined> {
    while (events.length === 0 && !over) {
      const result = await chunks.next()
      if (result.done) {
        over = true
        parser.finish()
      } else {
        parser.push(result.value)
      }
    }
    return events.shift()
  }

  async function* body(): AsyncGenerator<Uint8Array> {
    for (let event = await next(); event instanceof Uint8Array; event = await next()) yield event
  }

  try {
    for (let event = await next(); event !== undefined; event = await next()) {
      // Unread content and the padding of members are skipped here.
      if (typeof event === 'object' && !(event instanceof Uint8Array)) yield { header: event, body: body() }
    }
  } finally {
    await chunks.return?.()
  }
}
