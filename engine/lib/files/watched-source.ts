/** A passed-on source, and its own failure. */
export interface WatchedSource {
  bytes: AsyncGenerator<Uint8Array, void, undefined>
  /** What the source threw, if it did. What the reader throws into it (a broken pipe) does not count. */
  fault(): { error: unknown } | undefined
}

/** Passes a source on and remembers its own failure: a pipeline mixes it with those of what is written to. */
export function watchSource(source: AsyncIterable<Uint8Array>): WatchedSource {
  let fault: { error: unknown } | undefined
  async function* pass(): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = source[Symbol.asyncIterator]()
    try {
      for (;;) {
        const step = await iterator.next().catch((error: unknown) => {
          fault = { error }
          throw error
        })
        if (step.done) return
        yield step.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { bytes: pass(), fault: () => fault }
}
