/** Values pushed by one side and iterated by the other; `end` and leaving the loop both finish it. */
export interface Channel<T> extends AsyncIterable<T> {
  push(value: T): void
  end(): void
}

/** Creates a channel. It ends with `signal`; `onEnd` is called once. */
export function createChannel<T>(signal?: AbortSignal, onEnd: () => void = () => {}): Channel<T> {
  const waiting: T[] = []
  let wake = Promise.withResolvers<void>()
  let ended = false
  const end = () => {
    if (ended) return
    ended = true
    onEnd()
    wake.resolve()
  }
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  async function* iterate(): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift()!
        if (ended) return
        await wake.promise
        wake = Promise.withResolvers()
      }
    } finally {
      end()
    }
  }
  return {
    push(value) {
      waiting.push(value)
      wake.resolve()
    },
    end,
    [Symbol.asyncIterator]: iterate,
  }
}
