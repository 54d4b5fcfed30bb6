/** A queue of bytes that is read once, at the pace of the reader. */
export interface ByteQueue {
  push(data: Uint8Array): void
  /** Calls `passed` when everything pushed so far has been read. */
  mark(passed: () => void): void
  /** No more data; with an error, the reader gets it after what is queued. Idempotent. */
  end(error?: Error): void
  readonly output: AsyncIterable<Uint8Array>
}

/** Creates a queue; `onLeave` is called when the reader stops before the end. */
export function createByteQueue(onLeave: () => void): ByteQueue {
  const items: (Uint8Array | (() => void))[] = []
  let state: 'open' | 'ended' | 'left' = 'open'
  let failure: Error | undefined
  let wake: (() => void) | undefined
  const changed = (): void => {
    wake?.()
    wake = undefined
  }
  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const item = items.shift()
        if (typeof item === 'function') item()
        else if (item !== undefined) yield item
        else if (state === 'open') await new Promise<void>((resolve) => (wake = resolve))
        else if (failure !== undefined) throw failure
        else return
      }
    } finally {
      items.length = 0
      if (state === 'open') {
        state = 'left'
        onLeave()
      }
    }
  }
  return {
    output: read(),
    push: (data) => {
      if (state !== 'open') return
      items.push(data)
      changed()
    },
    mark: (passed) => {
      if (state !== 'open') return
      items.push(passed)
      changed()
    },
    end: (error) => {
      if (state !== 'open') return
      state = 'ended'
      failure = error
      changed()
    },
  }
}
