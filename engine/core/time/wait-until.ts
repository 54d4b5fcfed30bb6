import { nowNano } from '../../store/index.ts'

/** setTimeout takes no more than 2^31 - 1 milliseconds and would fire at once. */
const longestTimer = 2_000_000_000

/** A moment that is waited for. */
export interface Wait {
  /** Settles at the moment, or when it is cancelled; never rejects. */
  promise: Promise<void>
  /** Frees the timer. Idempotent. */
  cancel(): void
}

/** Waits for a moment (nanoseconds since 1970; never, if not given) or the signal, whichever comes first. */
export function waitUntil(moment: bigint | undefined, signal?: AbortSignal): Wait {
  const { promise, resolve } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  const arm = (): void => {
    if (moment === undefined) return
    const left = Number((moment - nowNano()) / 1_000_000n)
    if (left <= 0) return cancel()
    timer = setTimeout(arm, Math.min(left + 1, longestTimer))
  }
  const cancel = (): void => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
    resolve()
  }
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted) cancel()
  else arm()
  return { promise, cancel }
}
