import type { Output, Task } from '../../../engine/contract/index.ts'
import { createStore, type Store } from '../store.ts'

/** One layer of a running transfer. Sizes are bytes. */
export type Layer = NonNullable<Output<'image.push'>['layer']>

/** One progress message of a pull or a push. */
export interface Step {
  layer?: Layer
  stream?: string
  id?: string
  manifestdigest?: string
}

/** The state of a transfer. `rate` is bytes per second over the last seconds. */
export interface TransferState {
  readonly layers: readonly Layer[]
  /** Output of engines that do not report layers. */
  readonly lines: readonly string[]
  readonly rate: number
  /** The image's id, at the end of a pull. */
  readonly id: string | undefined
  /** The digest in the registry, at the end of a push. */
  readonly digest: string | undefined
}

const emptyState: TransferState = { layers: [], lines: [], rate: 0, id: undefined, digest: undefined }
const maxLines = 200
/** Milliseconds over which the rate is measured, and between two updates. */
const rateWindow = 3000
const progressInterval = 120

/** Transferred bytes: a layer that is being extracted has been transferred completely. */
const moved = (layers: Iterable<Layer>): number =>
  [...layers].reduce((sum, layer) => sum + (layer.phase === 'exists' || layer.phase === 'mounted' ? 0 : currentOf(layer)), 0)

/** Transferred bytes of a layer; all of them once it is being extracted. */
export const currentOf = ({ phase, current, total }: Layer): number =>
  phase === 'unpacking' || phase === 'done' ? total : phase === 'waiting' ? 0 : current

/** Bytes of a transfer: transferred, and in total. */
export function bytesOf({ layers }: TransferState): { current: number; total: number } {
  const transferred = layers.filter(({ phase }) => phase !== 'exists' && phase !== 'mounted')
  return {
    current: transferred.reduce((sum, layer) => sum + currentOf(layer), 0),
    total: transferred.reduce((sum, { total }) => sum + total, 0),
  }
}

/** Progress from 0 to 1. */
export function shareOf(state: TransferState): number {
  const { current, total } = bytesOf(state)
  if (state.id !== undefined || state.digest !== undefined) return 1
  if (total > 0) return current / total
  return state.layers.length > 0 ? 1 : 0
}

/** A transfer and its state. */
export interface Transfer {
  readonly state: Store<TransferState>
  /** Follows a progress stream to its end; rejects with its error. */
  follow(steps: () => Promise<AsyncIterable<Step>>): Promise<void>
  /** Shows how far a task of the engine is. */
  show(task: Pick<Task, 'Layers' | 'Lines' | 'Result'>): void
}

/** Creates a transfer that can be run repeatedly. Its state changes at most a few times a second. */
export function createTransfer(now: () => number = Date.now): Transfer {
  const store = createStore(emptyState)
  const rateOf = createRate()
  const set = (state: Omit<TransferState, 'rate'>) => store.set({ ...state, rate: rateOf(now(), moved(state.layers)) })
  return {
    state: store,
    show: ({ Layers, Lines, Result = {} }) => set({ layers: Layers, lines: Lines, id: Result.Id, digest: Result.Digest }),
    async follow(steps) {
      const layers = new Map<string, Layer>()
      const lines: string[] = []
      let shown = 0
      const show = (end: Pick<Step, 'id' | 'manifestdigest'> = {}) => {
        shown = now()
        const { id = end.id, digest = end.manifestdigest } = store.get()
        set({ layers: [...layers.values()], lines: [...lines], id, digest })
      }
      store.set(emptyState)
      for await (const step of await steps()) {
        if (step.layer) layers.set(step.layer.digest, step.layer)
        if (step.stream) lines.push(step.stream.trimEnd())
        if (lines.length > maxLines) lines.shift()
        const ends = step.id !== undefined || step.manifestdigest !== undefined
        if (ends || now() - shown >= progressInterval) show(step)
      }
      show()
    },
  }
}

/** Bytes per second over the last few seconds, of a sum that is given from time to time. */
export function createRate(): (time: number, bytes: number) => number {
  const marks: [time: number, bytes: number][] = []
  return (time, bytes) => {
    marks.push([time, bytes])
    while (marks.length > 2 && time - marks[0]![0] > rateWindow) marks.shift()
    const [first, last] = [marks[0]!, marks.at(-1)!]
    return last[0] > first[0] ? ((last[1] - first[1]) * 1000) / (last[0] - first[0]) : 0
  }
}
