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

/** How a stream that is kept open is doing. */
export interface Watch<T> {
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>
  /** The stream is open; called again after each time it was lost. */
  onOpen?: () => void
  onItem: (item: T) => void
  /** The stream ended or could not be opened; it is tried again. */
  onLost?: (error: unknown) => void
}

const sleepers = new Set<() => void>()

/** Lets all streams that wait to be opened again try at once: the connection is back. */
export function retryNow(): void {
  for (const wake of sleepers) wake()
}

/** Like {@link delay}, ended by {@link retryNow} too. */
async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  const woken = new AbortController()
  const wake = () => woken.abort()
  sleepers.add(wake)
  try {
    await delay(milliseconds, AbortSignal.any([signal, woken.signal]))
  } finally {
    sleepers.delete(wake)
  }
}

const waits = [250, 500, 1000, 2000, 5000, 10_000]

/** Keeps a stream open until the returned function is called: one that ends or fails is opened again, ever more slowly. */
export function keepOpen<T>(watch: Watch<T>): () => void {
  const { signal, abort } = controller()
  void run(watch, signal)
  return abort
}

async function run<T>({ open, onOpen, onItem, onLost }: Watch<T>, signal: AbortSignal): Promise<void> {
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
    await sleep(waits[Math.min(failures, waits.length - 1)]!, signal)
    failures += 1
  }
}

function controller(): { signal: AbortSignal; abort: () => void } {
  const made = new AbortController()
  return { signal: made.signal, abort: () => made.abort() }
}
