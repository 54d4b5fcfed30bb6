import type { Output } from '../../../contract/index.ts'
import type { Descriptor } from '../../../image/index.ts'

export type TransferItem = Output<'image.push'>
type Phase = NonNullable<TransferItem['layer']>['phase']

/** Takes steps of a transfer as they happen. Also what a fetch into the store reports to. */
export interface TransferProgress {
  line(text: string): void
  layer(descriptor: Pick<Descriptor, 'digest' | 'size'>): BlobReport
}

export interface BlobReport {
  phase(phase: Phase): void
  /** Bytes so far. */
  bytes(current: number): void
}

const interval = 100

/** Reports through `emit`: every change of phase, and bytes at most ten times a second for each blob. */
export function reportTransfer(emit: (item: TransferItem) => void, quiet: boolean): TransferProgress {
  return {
    line(text) {
      if (!quiet) emit({ stream: `${text}\n` })
    },
    layer({ digest, size: total }) {
      let phase: Phase = 'waiting'
      let current = 0
      let last = 0
      const tell = (): void => {
        last = performance.now()
        if (!quiet) emit({ layer: { digest, phase, current, total } })
      }
      return {
        phase(next) {
          phase = next
          if (next === 'done' || next === 'exists' || next === 'mounted') current = total
          tell()
        },
        bytes(now) {
          current = now
          if (performance.now() - last >= interval) tell()
        },
      }
    },
  }
}
