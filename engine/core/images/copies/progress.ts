import type { Output } from '../../../contract/index.ts'
import { reportSteps, type Steps } from '../progress/progress.ts'

export type TransferItem = Output<'image.push'>
type Phase = NonNullable<TransferItem['layer']>['phase']

/** Takes steps of a transfer as they happen. Also what a fetch into the store reports to. */
export type TransferProgress = Steps<Phase>

/** Reports a transfer through `emit`. */
export const reportTransfer: (emit: (item: TransferItem) => void, quiet: boolean) => TransferProgress = reportSteps<Phase>
