import type { FileHandle } from 'node:fs/promises'

import { parseRfc3339 } from '../time/nanos.ts'
import type { LogIndex } from './log-index.ts'
import { linesOf, readStretches } from './read-lines.ts'

/** Lines of a log, the last one not included. */
export interface LogRange {
  first: number
  end: number
}

/** Moments in nanoseconds since 1970. */
export interface LogTimes {
  since?: bigint | undefined
  until?: bigint | undefined
}

/** The lines of a time, found without reading what lies between. */
export async function rangeOf(file: FileHandle, index: LogIndex, { since, until }: LogTimes): Promise<LogRange> {
  const first = since === undefined ? 0 : await firstLine(file, index, (time) => time >= since)
  const end = until === undefined ? index.lines : await firstLine(file, index, (time) => time > until)
  return { first: Math.min(first, end), end }
}

/** The first line whose time is `reached`. Times of a log go up. */
async function firstLine(file: FileHandle, index: LogIndex, reached: (time: bigint) => boolean): Promise<number> {
  const { checkpoints, lines } = index
  let low = 0
  let high = checkpoints.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (reached(timeOf(checkpoints[middle]!.time))) high = middle
    else low = middle + 1
  }
  const before = checkpoints[Math.max(0, low - 1)]
  const next = checkpoints[low]?.line ?? lines
  if (!before) return 0
  for await (const stretch of readStretches(file, index, before.line, before.line + 1)) {
    const found = linesOf(stretch, low >= checkpoints.length).find(({ time }) => reached(timeOf(time)))
    if (found) return found.number
  }
  return next
}

const timeOf = (text: string): bigint => parseRfc3339(text) ?? 0n
