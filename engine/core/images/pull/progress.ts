import type { Output } from '../../../contract/index.ts'
import type { Descriptor } from '../../../image/index.ts'

export type PullItem = Output<'image.pull'>
type Phase = NonNullable<PullItem['layer']>['phase']

/** Takes steps of a pull as they happen. */
export interface Progress {
  line(text: string): void
  layer(descriptor: Descriptor): LayerProgress
}

export interface LayerProgress {
  phase(phase: Phase): void
  /** Compressed bytes so far. */
  bytes(current: number): void
}

const interval = 100

/** Reports through `emit`: every change of phase, and bytes at most ten times a second for each layer. */
export function reportProgress(emit: (item: PullItem) => void, quiet: boolean): Progress {
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
          if (next === 'done' || next === 'exists') current = total
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
