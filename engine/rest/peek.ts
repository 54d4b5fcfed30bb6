/** How long a stream may take for its first item before the headers go out without it, in milliseconds. */
const patience = 25

/**
 * A stream that either has its first item or is still silent after a moment. So a failure at once can still choose the
 * status, and a stream that says nothing for hours (events) has its headers sent.
 *
 * @throws what the first item throws, if that is at once.
 */
export async function firstOrLater<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]()
  let first: Promise<IteratorResult<T>> | undefined = iterator.next()
  first.catch(() => {}) // it is awaited below or by the reader
  let timer: NodeJS.Timeout | undefined
  await Promise.race([first, new Promise((resolve) => (timer = setTimeout(resolve, patience)))]).finally(() =>
    clearTimeout(timer),
  )
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
