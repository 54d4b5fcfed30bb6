import type { OutputChunk } from '../../contract/index.ts'
import { formatNano } from '../../store/index.ts'
import { parseRfc3339 } from '../time/nanos.ts'
import type { LogEntry } from './entry.ts'

/** Selection and format of entries. Times are nanoseconds since 1970. */
export interface LogSelection {
  stdout: boolean
  stderr: boolean
  since?: bigint
  until?: bigint
  /** Puts the time in front of every line. */
  timestamps: boolean
}

/** Turns entries into output; remembers across calls whether a line goes on. */
export type LogSelector = (entries: readonly LogEntry[]) => OutputChunk[]

const lineEnd = Buffer.from('\n')

/** Entries of the same stream in a row become one chunk, so that a block of short lines costs few frames. */
export function logSelector(selection: LogSelection): LogSelector {
  const { since, until, timestamps } = selection
  const unfinished = { stdout: false, stderr: false }
  const timed = timestamps || since !== undefined || until !== undefined
  return (entries) => {
    const chunks: { stream: 'stdout' | 'stderr'; parts: Buffer[] }[] = []
    for (const entry of entries) {
      if (!selection[entry.stream]) continue
      const time = timed ? parseRfc3339(entry.time) : null
      if (time !== null && ((since !== undefined && time < since) || (until !== undefined && time > until))) continue
      let last = chunks.at(-1)
      if (last?.stream !== entry.stream) chunks.push((last = { stream: entry.stream, parts: [] }))
      if (timestamps && time !== null && !unfinished[entry.stream]) last.parts.push(Buffer.from(`${formatNano(time)} `))
      last.parts.push(entry.text)
      if (!entry.partial) last.parts.push(lineEnd)
      unfinished[entry.stream] = entry.partial
    }
    return chunks.map(({ stream, parts }) => ({ stream, data: Buffer.concat(parts) }))
  }
}
