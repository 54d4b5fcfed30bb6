/** How long a stream may take for its first item before the headers go out without it, in milliseconds. */
const firstItemTimeout = 25

/**
 * A stream that either has its first item or, with `pause`, has none within the timeout. So a failure before can still choose the
 * status, and a stream that says nothing for hours (events) has its headers sent.
 *
 * @throws what the first item throws, if that is before.
 */
export async function firstItem<T>(items: AsyncIterable<T>, until: 'item' | 'pause'): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]()
  let first: Promise<IteratorResult<T>> | undefined = iterator.next()
  first.catch(() => {}) // it is awaited below or by the reader
  if (until === 'item') await first
  else {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise((resolve) => (timer = setTimeout(resolve, firstItemTimeout)))
    await Promise.race([first, silence]).finally(() => clearTimeout(timer))
  }
  const next = () => {
    const held = first
    first = undefined
    return held ?? iterator.next()
  }
  // No generator: one that was never begun would not pass `return` on.
  return {
    [Symbol.asyncIterator]: () => ({ next, return: async () => (await iterator.return?.()) ?? { done: true, value: undefined } }),
  }
}
