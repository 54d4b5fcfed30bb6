import type { FileHandle } from 'node:fs/promises'

import { parseLogEntry } from './entry.ts'
import { checkpointAt, type LogIndex, readRange } from './log-index.ts'

/** A line of a container's output. */
export interface StoredLine {
  number: number
  /** RFC 3339, of its first part. */
  time: string
  stream: 'stdout' | 'stderr'
  /** Its first bytes, see {@link longestText}. */
  text: string
  /** Bytes of the whole line. */
  size: number
}

/** Bytes of a line that are kept; nobody reads more of one on a screen. */
export const longestText = 8192

/** The stretch of a log from one checkpoint to the next. */
export interface Stretch {
  /** The number of its first line. */
  line: number
  bytes: Buffer
  /** Whether lines of it were written in parts. */
  parts: boolean
}

/** Reads the stretches that hold the lines from `from` up to `to`, one after the other. */
export async function* readStretches(file: FileHandle, index: LogIndex, from: number, to: number): AsyncGenerator<Stretch> {
  const { checkpoints } = index
  for (let at = checkpointAt(index, from); at < checkpoints.length && checkpoints[at]!.line < to; at += 1) {
    const { line, offset, parts } = checkpoints[at]!
    const end = checkpoints[at + 1]?.offset ?? index.size
    yield { line, bytes: await readRange(file, offset, end), parts }
  }
}

/** The lines of a stretch; `last` adds those that are not complete yet, which only the last stretch of a log has. */
export function linesOf({ line, bytes }: Stretch, last: boolean): StoredLine[] {
  const lines: StoredLine[] = []
  const begun = new Map<'stdout' | 'stderr', { time: string; parts: Buffer[] }>()
  let number = line
  const add = (stream: 'stdout' | 'stderr', time: string, parts: readonly Buffer[]) =>
    lines.push({ number: number++, time, stream, ...textOf(parts) })
  for (let begin = 0; begin < bytes.length;) {
    const end = bytes.indexOf(0x0a, begin)
    if (end === -1) break
    const entry = parseLogEntry(bytes.subarray(begin, end))
    begin = end + 1
    if (!entry) continue
    const { stream, time, text, partial } = entry
    const open = begun.get(stream)
    if (partial) {
      if (open) open.parts.push(text)
      else begun.set(stream, { time, parts: [text] })
      continue
    }
    begun.delete(stream)
    add(stream, open?.time ?? time, open ? [...open.parts, text] : [text])
  }
  if (last) for (const [stream, { time, parts }] of begun) add(stream, time, parts)
  return lines
}

function textOf(parts: readonly Buffer[]): { text: string; size: number } {
  const whole = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  if (whole.length <= longestText) return { text: whole.toString('utf8').replace(/\r$/, ''), size: whole.length }
  // A character that was cut becomes one that stands for none.
  return { text: whole.toString('utf8', 0, longestText).replace(/\uFFFD$/, ''), size: whole.length }
}
