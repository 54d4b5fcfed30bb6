import { type JournalEntry, readJournal } from '../../adapters/journal.ts'
import type { OutputChunk } from '../../contract/index.ts'
import { formatNano } from '../../store/index.ts'
import type { LogEntry } from './entry.ts'
import { logSelector } from './select.ts'
import type { LogStreamOptions } from './stream.ts'

/** What a container's monitor wrote to the journal, as {@link LogStreamOptions} ask for it. */
export async function* streamJournal(id: string, options: Omit<LogStreamOptions, 'file'>): AsyncGenerator<OutputChunk> {
  const { follow, signal, tail } = options
  if (tail === 0 && !follow) return
  const select = logSelector(options)
  const match = `CONTAINER_ID_FULL=${id}`
  let cursor: string | undefined
  const ended = new AbortController()
  const end = () => ended.abort()
  signal?.addEventListener('abort', end, { once: true })
  void follow?.finally(end)
  try {
    for await (const entry of readJournal({ match, last: tail, follow: follow !== undefined, signal: ended.signal })) {
      cursor = entry.cursor
      yield* select([toLogEntry(entry)])
    }
    if (!follow || signal?.aborted) return
    // What came between the last entry and the container's end.
    for await (const entry of readJournal({ match, afterCursor: cursor, last: cursor ? undefined : tail, signal }))
      yield* select([toLogEntry(entry)])
  } finally {
    signal?.removeEventListener('abort', end)
    ended.abort()
  }
}

function toLogEntry({ time, message, priority, partial }: JournalEntry): LogEntry {
  return { time: formatNano(time * 1000n), stream: priority <= 3 ? 'stderr' : 'stdout', partial, text: message }
}
