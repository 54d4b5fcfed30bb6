/**
 * Maps items with so many at a time, in their order: what all of them need (threads of the file system) is left for others meanwhile.
 * The first failure is thrown, and no further ones are begun; nor are they once `signal` is aborted, whose reason is thrown.
 */
export async function mapSome<T, R>(
  items: readonly T[],
  together: number,
  map: (item: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < items.length) {
      signal?.throwIfAborted()
      const at = next++
      results[at] = await map(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(together, items.length) }, work)).catch((error: unknown) => {
    next = items.length
    throw error
  })
  return results
}
