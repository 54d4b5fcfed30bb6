import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { reportTransfer, type TransferItem, type TransferProgress } from './progress.ts'

/**
 * Hands out progress while `work` runs, and as the last item the digest it answers with. Nothing begins before the first item is
 * asked for; leaving the stream, or the signal, cancels.
 * @param cancelled what is said then, as a sentence.
 */
export async function* transferStream(
  options: CallOptions,
  quiet: boolean,
  cancelled: string,
  work: (progress: TransferProgress, signal: AbortSignal) => Promise<string>,
): AsyncGenerator<TransferItem, void, undefined> {
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const items: TransferItem[] = []
  let wake = Promise.withResolvers<void>()
  const emit = (item: TransferItem): void => {
    items.push(item)
    wake.resolve()
  }
  let over = false
  const working = (async () => {
    try {
      emit({ manifestdigest: await work(reportTransfer(emit, quiet), signal) })
    } catch (error) {
      if (signal.aborted) throw new EngineError('Cancelled', cancelled, { cause: error })
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
      if (over && items.length === 0) break
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
