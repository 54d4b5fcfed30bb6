/** The first `bytes` of a stream, and what follows; the first part must be read to its end before the second. */
export function splitStream(
  source: AsyncIterable<Uint8Array>,
  bytes: number,
): { first: AsyncGenerator<Uint8Array>; rest: AsyncGenerator<Uint8Array> } {
  const iterator = source[Symbol.asyncIterator]()
  let left = bytes
  let over: Uint8Array | undefined
  async function* first(): AsyncGenerator<Uint8Array> {
    while (left > 0) {
      const { done, value } = await iterator.next()
      if (done) return
      if (value.length > left) over = value.subarray(left)
      const piece = value.subarray(0, left)
      left -= piece.length
      yield piece
    }
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    // What the archive's reader left unread, such as padding.
    for await (const _ of first()) continue
    if (over) yield over
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  return { first: first(), rest: rest() }
}
