import type { CallOptions } from '../../../contract/index.ts'
import { EngineError, printable } from '../../../errors/index.ts'
import type { Descriptor } from '../../../image/index.ts'

/** Takes steps of a pull or a transfer as they happen; `P` are the phases that a blob can be in. */
export interface Steps<P extends string> {
  /** Discards progress: what must not be missed is logged. */
  readonly quiet: boolean
  line(text: string): void
  layer(descriptor: Pick<Descriptor, 'digest' | 'size'>): BlobSteps<P>
}

export interface BlobSteps<P extends string> {
  phase(phase: P): void
  /** Bytes so far, as they are sent: compressed. */
  bytes(current: number): void
}

/** A step as streams carry it. */
interface Step<P extends string> {
  stream?: string
  layer?: { digest: string; phase: P | 'waiting'; current: number; total: number }
}

const interval = 100
const finished: ReadonlySet<string> = new Set(['done', 'exists', 'mounted'])

/** Reports through `emit`: every change of phase, and bytes at most ten times a second for each blob. */
export function reportSteps<P extends string>(emit: (item: Step<P>) => void, quiet: boolean): Steps<P> {
  return {
    quiet,
    line(text) {
      if (!quiet) emit({ stream: `${printable(text)}\n` })
    },
    layer({ digest, size: total }) {
      let phase: P | 'waiting' = 'waiting'
      let current = 0
      let last = 0
      const report = (): void => {
        last = performance.now()
        if (!quiet) emit({ layer: { digest, phase, current, total } })
      }
      return {
        phase(next) {
          phase = next
          if (finished.has(next)) current = total
          report()
        },
        bytes(now) {
          current = now
          if (performance.now() - last >= interval) report()
        },
      }
    },
  }
}

/**
 * Yields what `work` emits while it runs, and its result at the end. Nothing starts before the first item is requested; leaving the
 * stream, or the signal, cancels.
 * @param cancelled the message then, as a sentence, unless `work` has its own.
 */
export async function* stepStream<T>(
  options: CallOptions,
  cancelled: string,
  work: (emit: (item: T) => void, signal: AbortSignal) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const items: T[] = []
  let wake = Promise.withResolvers<void>()
  const emit = (item: T): void => {
    items.push(item)
    wake.resolve()
  }
  let over = false
  const working = (async () => {
    try {
      emit(await work(emit, signal))
    } catch (error) {
      if (signal.aborted && !EngineError.is(error, 'Cancelled')) throw new EngineError('Cancelled', cancelled, { cause: error })
      throw EngineError.from(error)
    } finally {
      over = true
      wake.resolve()
    }
  })()
  // Reported by the last line of the loop, unless the reader has left.
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
