import type { CallOptions, Output } from '../../../contract/index.ts'
import { type BlobSteps, reportSteps, type Steps } from '../progress/progress.ts'

export type PullItem = Output<'image.pull'>
type Phase = NonNullable<PullItem['layer']>['phase']

/** Takes steps of a pull as they happen. */
export type Progress = Steps<Phase>
export type LayerProgress = BlobSteps<Phase>

/** Reports a pull through `emit`. */
export const reportProgress: (emit: (item: PullItem) => void, quiet: boolean) => Progress = reportSteps<Phase>

/** Reports a transfer into the store to who calls a verb: lines and layers, as far as they are asked for. */
export function reportToCaller({ progress, step }: CallOptions): Progress {
  return reportProgress(({ stream, layer }) => {
    if (stream) progress?.(stream.trimEnd())
    if (layer) step?.(layer)
  }, progress === undefined)
}
