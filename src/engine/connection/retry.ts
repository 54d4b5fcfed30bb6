import { visible } from '../visibility.ts'

/** Waits `milliseconds`; ends early, without an error, when `signal` is aborted. */
export function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
  })
}

/** A stream that is kept open, and its callbacks. */
export interface StreamOptions<T> {
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>
  /** The stream is open; called again after each reconnect, and after the page was hidden. */
  onOpen?: () => void
  onItem: (item: T) => void
  /** The stream ended or could not be opened; it will be retried. */
  onLost?: (error: unknown) => void
}

const waiting = new Set<() => void>()

/** Retries all waiting streams immediately, after a reconnect. */
export function retryNow(): void {
  for (const wakeUp of waiting) wakeUp()
}

/** Like {@link delay}, ended by {@link retryNow} too. */
async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  const wakeSignal = new AbortController()
  const wakeUp = () => wakeSignal.abort()
  waiting.add(wakeUp)
  try {
    await delay(milliseconds, AbortSignal.any([signal, wakeSignal.signal]))
  } finally {
    waiting.delete(wakeUp)
  }
}

const backoffDelays = [250, 500, 1000, 2000, 5000, 10_000]

/**
 * Keeps a stream open until the returned function is called, and while the page can be seen. It is reopened with exponential backoff,
 * and when the page is seen again.
 */
export function keepOpen<T>(options: StreamOptions<T>): () => void {
  let stop: (() => void) | undefined
  const look = () => {
    if (visible.get()) stop ??= start(options)
    else {
      stop?.()
      stop = undefined
    }
  }
  const leave = visible.subscribe(look)
  look()
  return () => {
    leave()
    stop?.()
  }
}

function start<T>(options: StreamOptions<T>): () => void {
  const { signal, abort } = controller()
  void run(options, signal)
  return abort
}

async function run<T>({ open, onOpen, onItem, onLost }: StreamOptions<T>, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      const items = await open(signal)
      if (signal.aborted) return
      onOpen?.()
      for await (const item of items) {
        if (signal.aborted) return
        failures = 0
        onItem(item)
      }
      if (!signal.aborted) onLost?.(undefined)
    } catch (error) {
      if (!signal.aborted) onLost?.(error)
    }
    await sleep(backoffDelays[Math.min(failures, backoffDelays.length - 1)]!, signal)
    failures += 1
  }
}

function controller(): { signal: AbortSignal; abort: () => void } {
  const made = new AbortController()
  return { signal: made.signal, abort: () => made.abort() }
}
