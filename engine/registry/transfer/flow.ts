import type { HttpResponse } from '../http/exchange.ts'
import { takeOver } from './buffer-pool.ts'

/** Bytes that are buffered for the reader. */
const most = 2 * 1024 * 1024

/**
 * A body's chunks as they arrive on the connection, which is not reused. Data received before a failure is yielded before it is
 * thrown. The reader destroys the body at the end, or when it leaves early.
 */
export async function* flowOf({ body, headers }: HttpResponse): AsyncGenerator<Buffer, void, undefined> {
  const { socket } = body
  const pieces: Buffer[] = []
  let waiting = 0
  let left = headers['transfer-encoding'] === undefined ? Number(headers['content-length']) : Number.NaN
  let over = body.closed
  let failure: unknown = body.errored
  let wake = (): void => {}
  const take = (piece: Buffer): void => {
    if (left <= 0) return
    const own = piece.length > left ? piece.subarray(0, left) : piece
    left -= own.length
    pieces.push(own)
    waiting += own.length
    if (waiting >= most) socket.pause()
    wake()
  }
  // Everything received so far has been parsed as HTTP already; nothing can arrive between these two.
  if (body.complete || !(left > 0) || !takeOver(socket, take)) return yield* body as AsyncIterable<Buffer>
  const first = body.read() as Buffer | null
  if (first) take(first)
  body.on('error', (error) => {
    failure ??= error
    wake()
  })
  body.on('close', () => {
    over = true
    wake()
  })
  for (;;) {
    for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
      waiting -= piece.length
      yield piece
    }
    if (left === 0) return
    if (failure || over) throw failure ?? Object.assign(new Error('the connection was closed early'), { code: 'BodyCut' })
    const more = new Promise<void>((resolve) => (wake = resolve))
    socket.resume()
    await more
  }
}
