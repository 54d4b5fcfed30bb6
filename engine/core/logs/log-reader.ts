import { type FileHandle, open } from 'node:fs/promises'

import type { Output, Parsed } from '../../contract/index.ts'
import { parseMoment } from '../time/moment.ts'
import { type LineMatcher, lineMatcher } from './line-matcher.ts'
import { indexLog, type LogIndex } from './log-index.ts'
import { type LogRange, type LogTimes, rangeOf } from './log-range.ts'
import { linesOf, readStretches } from './read-lines.ts'

type Page = Output<'container.logLines'>

/** Characters of lines in one answer, about; fewer lines come where they are long. */
const maxText = 512 * 1024

/** A log as it is at a moment. */
export interface OpenLog extends AsyncDisposable {
  readonly index: LogIndex
  /** The lines of the time that was asked for. */
  readonly range: LogRange
  /** `undefined` where there is no log yet. */
  readonly file: FileHandle | undefined
}

/** Opens a log. */
export async function openLog(path: string, times: LogTimes, signal: AbortSignal | undefined): Promise<OpenLog> {
  for (;;) {
    const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    const close = async () => file?.close()
    try {
      const index = await indexLog(path, signal)
      if (!file) return { index, range: { first: 0, end: 0 }, file, [Symbol.asyncDispose]: close }
      if (index.log.startsWith(`${(await file.stat({ bigint: true })).ino.toString(36)}-`))
        return { index, range: await rangeOf(file, index, times), file, [Symbol.asyncDispose]: close }
      // Rotated between the two.
      await close()
    } catch (error) {
      await close()
      throw error
    }
  }
}

/** Up to `count` lines from the line `from` on, within the range; negative: counted from its end. */
export async function readPage(
  { index, range, file }: OpenLog,
  from: number,
  count: number,
  matcher: LineMatcher | undefined,
): Promise<Page> {
  const begin = Math.min(range.end, Math.max(range.first, from < 0 ? range.end + from : from))
  const end = Math.min(range.end, begin + count)
  const lines: Page['lines'] = []
  let left = maxText
  if (file)
    for await (const stretch of readStretches(file, index, begin, end)) {
      for (const { number, text, ...rest } of linesOf(stretch, end > index.complete)) {
        if (number < begin || number >= end || left <= 0) continue
        left -= text.length
        const marks = matcher?.test(text) ? matcher.marks(text) : undefined
        lines.push({ ...rest, text, ...(marks ? { marks } : {}) })
      }
      if (left <= 0) break
    }
  return { log: index.log, ...range, from: begin, lines }
}

/** The times of an input. @throws EngineError `InvalidArgument` */
export function timesOf({ since, until }: Pick<Parsed<'container.logLines'>, 'since' | 'until'>): LogTimes {
  return {
    since: since ? parseMoment(since, 'since') : undefined,
    until: until ? parseMoment(until, 'until', true) : undefined,
  }
}

/** What the lines of an answer are marked with. @throws EngineError `InvalidArgument` */
export async function matcherOf({
  query,
  regex,
  case: exact,
}: Pick<Parsed<'container.logLines'>, 'query' | 'regex' | 'case'>): Promise<LineMatcher | undefined> {
  return query ? lineMatcher({ query, regex, case: exact }) : undefined
}
