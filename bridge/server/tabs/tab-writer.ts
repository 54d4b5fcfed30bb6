import { WebSocket } from 'ws'
import { BoundedWriter, compactBytes, type ProblemError, type WriterBudget } from '../../protocol/index.ts'

/** A message to a page. */
export type TabMessage = { data: Uint8Array | string; binary: boolean } | { ping: true } | { pong: Uint8Array }

/** Bytes queued for one page: its channels wait above the first; it is ended above the second. */
const highWaterMark = 256 * 1024
const limit = 6 * 1024 * 1024

/** Bytes of a ping or pong at most, RFC 6455 section 5.5. */
const controlFrame = 125

/** Milliseconds in which a slow page must read something. */
const timeout = 30_000

/** The outbound queue of a page's websocket. */
export interface TabWriter {
  send(message: TabMessage): void
  readonly needsDrain: boolean
  /** Calls `last` once everything has been written. */
  end(last: () => void): void
  /** Drops queued messages. Idempotent. */
  close(): void
}

/** Opens the queue. @param onSlowPeer is called once if the page does not read. */
export function openTabWriter(
  socket: WebSocket,
  budget: WriterBudget,
  drained: () => void,
  onSlowPeer: (error: ProblemError) => void,
): TabWriter {
  const writer = new BoundedWriter<TabMessage>({
    highWaterMark,
    limit,
    timeout,
    budget,
    drained,
    onSlowPeer,
    write: (message, written) => {
      if (socket.readyState !== WebSocket.OPEN) return written()
      if ('ping' in message) socket.ping(undefined, undefined, written)
      else if ('pong' in message) socket.pong(message.pong, undefined, written)
      else socket.send(message.data, { binary: message.binary }, written)
    },
  })
  return {
    send: (message) => {
      if (!('data' in message)) return void writer.write(message, controlFrame)
      const { data, binary } = message
      writer.write(typeof data === 'string' ? message : { data: compactBytes(data), binary }, data.length)
    },
    get needsDrain() {
      return writer.needsDrain
    },
    end: (last) => writer.end(last),
    close: () => writer.close(),
  }
}

/** Milliseconds until a rejected connection is terminated. */
const closeTimeout = 2_000

/** Rejects a websocket without a session: sends the reason and closes. */
export function rejectWebsocket(socket: WebSocket, text: string): void {
  socket.on('error', () => socket.terminate())
  // One short message: it needs no queue.
  socket.send(`\n${text}`)
  socket.close(1000)
  const timer = setTimeout(() => socket.terminate(), closeTimeout)
  socket.once('close', () => clearTimeout(timer))
}
