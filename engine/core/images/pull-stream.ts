import type { CallOptions } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type Progress, type PullItem, reportProgress } from './pull/progress.ts'

/** Hands out progress while `work` runs, and what it answers at the end. Nothing begins before the first item is asked for; leaving the stream, or the signal, cancels. */
export async function* pullStream(
  options: CallOptions,
  quiet: boolean,
  work: (progress: Progress, signal: AbortSignal) => Promise<PullItem>,
): AsyncGenerator<PullItem, void, undefined> {
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const items: PullItem[] = []
  let wake = Promise.withResolvers<void>()
  const emit = (item: PullItem): void => {
    items.push(item)
    wake.resolve()
  }
  let over = false
  const working = (async () => {
    try {
      emit(await work(reportProgress(emit, quiet), signal))
    } catch (error) {
      if (signal.aborted && !EngineError.is(error, 'Cancelled'))
        throw new EngineError('Cancelled', 'The pull was cancelled.', { cause: error })
      throw EngineError.from(error)
    } finally {
      over = true
      wake.resolve()
    }
  })()
  // Reported by the last line of the loop, or, once nobody listens, by nobody.
  working.catch(() => {})
  try {
    for (;;) {
      for (let item = items.shift(); item !== undefined; item = items.shift()) yield item
      if (over) break
      await wake.promise
      wake = Promise.withResolvers<void>()
      if (over) wake.resolve()
    }
    await working
  } finally {
    left.abort()
    await working.catch(() => {})
  }
}
