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
const agents = new Set<LendingAgent>()
/** Buffers of ours that have been read into and not been given back, with how far they are filled. */
const lent = new WeakMap<ArrayBufferLike, number>()

type Take = (piece: Buffer) => void
/** Who takes what comes on a connection of ours; nobody at first, then it goes to what reads HTTP. */
const takers = new WeakMap<net.Socket, { take?: Take }>()

/**
 * An agent whose connections (http only) read into large buffers that are used again and again, once those who have a piece of
 * a body give it back with {@link giveBack}: at gigabytes a second, fresh memory is what costs most.
 */
export class LendingAgent extends http.Agent {
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
      // What is read as HTTP is the reader's, and does not come back.
      buffer: () => (next = taker.take ? (idle.pop() ?? Buffer.allocUnsafeSlow(size)) : Buffer.allocUnsafeSlow(headSize)),
      callback(bytes, { buffer }) {
        const piece = Buffer.from(buffer, 0, bytes)
        if (taker.take) {
          lent.set(buffer, bytes)
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
 * connection is of no other use then: whoever asked destroys it. False, and nothing has changed, for one that is not lending.
 */
export function takeOver(socket: net.Socket, take: Take): boolean {
  const taker = takers.get(socket)
  if (!taker) return false
  taker.take = take
  return true
}

/**
 * Takes back a piece that nobody needs any more, once. Only one that is all there was in its buffer: with others, somebody may
 * still have another part of it. Pieces that are not lent are left alone.
 */
export function giveBack({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (byteOffset !== 0 || lent.get(buffer) !== byteLength) return
  lent.delete(buffer)
  keep(Buffer.from(buffer))
}

function keep(buffer: Buffer): void {
  if (buffer.length === size && idle.length < maxIdle && agents.size > 0) idle.push(buffer)
}
