import { setTimeout as sleep } from 'node:timers/promises'

import { waitForExit } from '../../adapters/conmon/index.ts'
import type { Output } from '../../contract/index.ts'
import { type ContainerRecord, nowNano } from '../../store/index.ts'
import { watchFile } from '../../store/line-stream.ts'
import type { Context } from '../context.ts'
import type { LineMatcher } from '../logs/line-matcher.ts'
import type { LogTimes } from '../logs/log-range.ts'
import { matcherOf, openLog, readPage, timesOf } from '../logs/log-reader.ts'
import { containerPaths } from '../paths.ts'
import { waitUntil } from '../time/wait-until.ts'
import type { Verb } from '../verb.ts'
import { isLive } from './lifecycle/transitions.ts'
import { logFile } from './records/log-file.ts'

type Item = Output<'container.logFollow'>

/** Lines of one item: a container that floods costs no more. */
const maxLines = 500
/** Milliseconds between two items. */
const pause = 100

/** How a log grows, until the container exits or the time is over. */
export const logFollow: Verb<'container.logFollow'> = async (context, input, { signal }) => {
  const times = timesOf(input)
  const matcher = await matcherOf(input)
  const { record, file } = await logFile(context, input.name)
  const live = isLive(record) && (times.until === undefined || times.until > nowNano())
  return following(context, { record, file, times, matcher, from: input.from, live, signal })
}

interface Following {
  record: ContainerRecord
  /** The log's path. */
  file: string
  times: LogTimes
  matcher: LineMatcher | undefined
  from: number
  live: boolean
  signal?: AbortSignal | undefined
}

async function* following(
  context: Context,
  { record, file, times, matcher, from, live, signal }: Following,
): AsyncGenerator<Item> {
  const left = new AbortController()
  const moment = waitUntil(times.until, signal)
  const { id, state } = record
  const monitor = { pid: state.conmonPid, startTime: state.conmonPidStart }
  const end = live
    ? Promise.race([
        waitForExit({ exitDir: containerPaths(context, id).exits, id, monitor, signal: left.signal }).catch(() => {}),
        moment.promise,
      ])
    : Promise.resolve()
  // Watched before the first look, so that nothing falls between the two.
  const changes = watchFile(file, end, signal)
  let next = from
  let known = ''
  try {
    for (;;) {
      if (!live) await end
      const ended = changes.over
      const item = await newest(file, times, matcher, next, signal)
      if (signal?.aborted) return
      const { complete, size, ...page } = item
      const shown = `${page.log} ${page.first} ${page.end} ${size}`
      if (shown !== known || ended) yield { ...page, ended }
      if (ended) return
      known = shown
      // Lines that are not complete yet come again.
      next = Math.min(complete, page.end)
      await changes.next()
      if (!changes.over) await sleep(pause, undefined, { signal }).catch(() => {})
    }
  } finally {
    left.abort()
    moment.cancel()
    changes.close()
  }
}

async function newest(
  file: string,
  times: LogTimes,
  matcher: LineMatcher | undefined,
  from: number,
  signal: AbortSignal | undefined,
): Promise<Omit<Item, 'ended'> & { complete: number; size: number }> {
  await using log = await openLog(file, times, signal)
  const { end } = log.range
  const begin = from < 0 ? end + from : from > end ? 0 : from
  const page = await readPage(log, Math.max(begin, end - maxLines, 0), maxLines, matcher)
  return { ...page, complete: log.index.complete, size: log.index.size }
}
