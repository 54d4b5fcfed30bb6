import http from 'node:http'
import net from 'node:net'
import type { Duplex } from 'node:stream'

/** Large, so that a layer takes few turns. */
const size = 512 * 1024
/** For the head of an answer, and what comes with it. */
const headSize = 32 * 1024
/** So many wait to be used again; more are left to the garbage collector, and all when there is no agent any more. */
const maxIdle = 48

const idle: Buffer[] = []
const agents = new Set<PoolingAgent>()
/** Buffers of the pool that have been read into and not been released, with how far they are filled. */
const acquired = new WeakMap<ArrayBufferLike, number>()

type Take = (piece: Buffer) => void
/** Who takes what comes on a connection of ours; nobody at first, then it goes to what reads HTTP. */
const takers = new WeakMap<net.Socket, { take?: Take }>()

/**
 * An agent whose connections (http only) read into large buffers that are used again and again, once those who have a piece of
 * a body release it with {@link releaseBuffer}: at gigabytes a second, fresh memory is what costs most.
 */
export class PoolingAgent extends http.Agent {
  constructor(options: http.AgentOptions) {
    super(options)
    agents.add(this)
  }

  override destroy(): void {
    super.destroy()
    agents.delete(this)
    if (agents.size === 0) idle.length = 0
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const taker: { take?: Take } = {}
    let next: Buffer | undefined
    const onread: net.OnReadOpts = {
      // What is read as HTTP is the reader's, and is never released.
      buffer: () => (next = taker.take ? acquireBuffer() : Buffer.allocUnsafeSlow(headSize)),
      callback(bytes, { buffer }) {
        const piece = Buffer.from(buffer, 0, bytes)
        if (taker.take) {
          acquired.set(buffer, bytes)
          taker.take(piece)
        } else socket!.emit('data', piece)
        return true
      },
    }
    const socket = super.createConnection({ ...options, onread } as http.ClientRequestArgs, callback)
    if (socket instanceof net.Socket) {
      takers.set(socket, taker)
      // Nothing was read into the last one.
      socket.once('close', () => next && keep(next))
    }
    return socket
  }
}

/**
 * From now on gives what comes on a connection to `take`, unread, instead of to what reads HTTP, which copies all of it. The
 * connection is of no other use then: the caller destroys it. False, and nothing has changed, for one that does not use the pool.
 */
export function takeOver(socket: net.Socket, take: Take): boolean {
  const taker = takers.get(socket)
  if (!taker) return false
  taker.take = take
  return true
}

const acquireBuffer = (): Buffer => idle.pop() ?? Buffer.allocUnsafeSlow(size)

/**
 * Releases the buffer of a piece that nobody needs any more, once. Only one that is all there was in its buffer: with others, somebody may
 * still have another part of it. Pieces of other memory are left alone.
 */
export function releaseBuffer({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (byteOffset !== 0 || acquired.get(buffer) !== byteLength) return
  acquired.delete(buffer)
  keep(Buffer.from(buffer))
}

function keep(buffer: Buffer): void {
  if (buffer.length === size && idle.length < maxIdle && agents.size > 0) idle.push(buffer)
}
