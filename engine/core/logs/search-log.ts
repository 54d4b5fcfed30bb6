import { setImmediate as yieldToOthers } from 'node:timers/promises'

import type { Output } from '../../contract/index.ts'
import type { LineMatcher } from './line-matcher.ts'
import type { LogTimes } from './log-range.ts'
import { openLog, type OpenLog } from './log-reader.ts'
import { linesOf, readStretches, type Stretch } from './read-lines.ts'

type Found = Output<'container.logSearch'>

interface Search {
  /** The log's path. */
  file: string
  times: LogTimes
  matcher: LineMatcher
  /** The first line to look at. */
  from: number
  /** Matching lines after which it ends. */
  limit: number
  signal?: AbortSignal | undefined
}

/** Milliseconds of work between two pauses for others, and between two answers. */
const slice = 10
const answerEvery = 50

/** Searches the lines that a log has when it begins. */
export async function* searchLog({ file, times, matcher, from, limit, signal }: Search): AsyncGenerator<Found> {
  await using log = await openLog(file, times, signal)
  const { index, range } = log
  let lines: number[] = []
  let left = limit
  let searched = Math.max(from, range.first)
  let paused = performance.now()
  let answered = paused
  for await (const stretch of stretchesOf(log, searched)) {
    const now = performance.now()
    if (now - paused > slice) {
      await yieldToOthers()
      paused = performance.now()
      if (signal?.aborted) return
    }
    if (now - answered > answerEvery) {
      yield { log: index.log, lines, searched, end: range.end, done: false }
      lines = []
      answered = performance.now()
    }
    const found = matching(stretch, matcher, index.complete < range.end).filter((line) => line >= searched && line < range.end)
    lines.push(...found.slice(0, left))
    left -= Math.min(left, found.length)
    if (left === 0) break
  }
  searched = left === 0 ? lines.at(-1)! + 1 : range.end
  yield { log: index.log, lines, searched, end: range.end, done: true }
}

function stretchesOf({ file, index, range }: OpenLog, from: number): AsyncIterable<Stretch> {
  return file ? readStretches(file, index, from, range.end) : (async function* () {})()
}

function matching(stretch: Stretch, matcher: LineMatcher, last: boolean): number[] {
  // A word may lie in two parts of a line.
  if (!stretch.parts && !matcher.mayBeIn(stretch.bytes)) return []
  return linesOf(stretch, last).flatMap(({ number, text }) => (matcher.test(text) ? [number] : []))
}
