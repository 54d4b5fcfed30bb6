import type { CallOptions } from '../../../contract/index.ts'
import { stepStream } from '../progress/progress.ts'
import { type Progress, type PullItem, reportProgress } from './pull-progress.ts'

/** Yields progress of a pull while `work` runs, and its result at the end; as {@link stepStream} does. */
export function pullStream(
  options: CallOptions,
  quiet: boolean,
  work: (progress: Progress, signal: AbortSignal) => Promise<PullItem>,
): AsyncGenerator<PullItem, void, undefined> {
  return stepStream(options, 'The pull was cancelled.', (emit, signal) => work(reportProgress(emit, quiet), signal))
}
