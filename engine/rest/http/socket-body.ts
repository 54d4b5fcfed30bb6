import type { Duplex } from 'node:stream'

import { EngineError } from '../../errors/index.ts'

/**
 * A connection after its request's head, in two parts: the body, of known length, and all that follows. The body is to
 * be read to its end first. Leaving either part does not end the connection.
 */
export function splitSocket(
  socket: Duplex,
  head: Buffer,
  length: number,
): { body: AsyncIterable<Uint8Array>; rest: AsyncIterable<Uint8Array> } {
  const chunks = socket.iterator({ destroyOnReturn: false })
  let held: Buffer | undefined = head.length > 0 ? head : undefined
  const take = async (): Promise<Buffer | undefined> => {
    const found = held
    held = undefined
    if (found) return found
    const next = (await chunks.next()) as IteratorResult<Buffer>
    return next.done ? undefined : next.value
  }
  async function* body(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = length; left > 0;) {
      const chunk = await take()
      if (!chunk) throw new EngineError('InvalidArgument', 'The request ended before its body did.')
      const part = chunk.subarray(0, left)
      left -= part.length
      if (chunk.length > part.length) held = chunk.subarray(part.length)
      yield part
    }
  }
  async function* rest(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await take(); chunk; chunk = await take()) yield chunk
  }
  return { body: body(), rest: rest() }
}
