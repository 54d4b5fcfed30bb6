import type { Engine, Input, Output } from '../../engine/contract/index.ts'
import { createStore, type Store } from '../lib/store.ts'

type Progress = Output<'image.pull'>

/** One layer of a pull that goes on. Sizes are bytes. */
export type Layer = NonNullable<Progress['layer']>

/** How a pull is doing. `rate` is bytes per second over the last seconds. */
export interface PullState {
  readonly layers: readonly Layer[]
  /** What engines say that do not tell layers. */
  readonly lines: readonly string[]
  readonly rate: number
  /** The image's id, at the end. */
  readonly id: string | undefined
}

const nothing: PullState = { layers: [], lines: [], rate: 0, id: undefined }
const maxLines = 200
/** Milliseconds over which the rate is measured, and between two looks at it. */
const window = 3000
const pause = 120

/** Bytes that were fetched: a layer that is being unpacked is there in full. */
const fetched = (layers: Iterable<Layer>): number =>
  [...layers].reduce(
    (sum, { phase, current, total }) =>
      sum + (phase === 'downloading' ? current : phase === 'unpacking' || phase === 'done' ? total : 0),
    0,
  )

/** A pull and how it is doing. */
export interface Pull {
  readonly state: Store<PullState>
  /** Pulls; rejects with the engine's error, `Cancelled` after the signal. */
  run(engine: Pick<Engine, 'image.pull'>, input: Input<'image.pull'>, signal: AbortSignal): Promise<void>
}

/** Makes a pull that can be watched, and run any number of times. Its state changes at most a few times a second. */
export function createPull(now: () => number = Date.now): Pull {
  const store = createStore(nothing)
  return {
    state: store,
    async run(engine, input, signal) {
      const layers = new Map<string, Layer>()
      const lines: string[] = []
      const marks: [time: number, bytes: number][] = []
      let shown = 0
      const show = (id?: string) => {
        shown = now()
        marks.push([shown, fetched(layers.values())])
        while (marks.length > 2 && shown - marks[0]![0] > window) marks.shift()
        const [first, last] = [marks[0]!, marks.at(-1)!]
        const rate = last[0] > first[0] ? ((last[1] - first[1]) * 1000) / (last[0] - first[0]) : 0
        store.set({ layers: [...layers.values()], lines: [...lines], rate, id })
      }
      store.set(nothing)
      for await (const step of await engine['image.pull'](input, { signal })) {
        if (step.layer) layers.set(step.layer.digest, step.layer)
        if (step.stream) lines.push(step.stream.trimEnd())
        if (lines.length > maxLines) lines.shift()
        if (step.id !== undefined || now() - shown >= pause) show(step.id)
      }
      show(store.get().id)
    },
  }
}
