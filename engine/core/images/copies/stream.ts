import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { stepStream } from '../progress/progress.ts'
import { reportTransfer, type TransferItem, type TransferProgress } from './progress.ts'

/**
 * Yields progress while `work` runs, and as the last item the digest it returns; as {@link stepStream} does.
 * @param cancelled the message when it is cancelled, as a sentence, instead of `work`'s own.
 */
export function transferStream(
  options: CallOptions,
  quiet: boolean,
  cancelled: string,
  work: (progress: TransferProgress, signal: AbortSignal) => Promise<string>,
): AsyncGenerator<TransferItem, void, undefined> {
  return stepStream<TransferItem>(options, cancelled, async (emit, signal) => {
    try {
      return { manifestdigest: await work(reportTransfer(emit, quiet), signal) }
    } catch (error) {
      if (signal.aborted) throw new EngineError('Cancelled', cancelled, { cause: error })
      throw error
    }
  })
}
