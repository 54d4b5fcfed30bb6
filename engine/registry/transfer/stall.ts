import type http from 'node:http'
import type net from 'node:net'

/** A transfer must move at least so many bytes in this time (milliseconds); less counts as stalled. */
const longest = 30_000
const leastBytes = 1024
/** A piece that is sent counts once all of it is taken: so much of it is given a period. */
const pieceBytes = 64 * 1024

/** The error of a stalled transfer: it is temporary. */
const stalled = (): Error => Object.assign(new Error('the transfer has stalled'), { code: 'TransferStalled' })

/** Calls `judge` at the end of each period; the result stops it. */
function eachPeriod(idle: number, judge: () => void): () => void {
  const timer = setInterval(
    () => {
      // After data that arrived while this process was busy has been read.
      setImmediate(() => setImmediate(judge))
    },
    Math.min(idle, longest),
  )
  timer.unref()
  return () => clearInterval(timer)
}

/** Aborts a body that arrives too slowly, unless this side reads slowly. */
export function watchBody(response: http.IncomingMessage, idle: number): void {
  const { socket } = response
  const received = countBytes(response)
  let before = received()
  const judge = (): void => {
    const waiting = !response.complete && response.readableLength === 0 && !socket.isPaused()
    if (waiting && received() - before < leastBytes) response.destroy(stalled())
    before = received()
  }
  response.once('close', eachPeriod(idle, judge))
}

/** Counts the bytes of a body, without what TLS and chunks cost: a byte at a time they are many times as much. */
function countBytes(response: http.IncomingMessage): () => number {
  const { socket, headers } = response
  const bare = headers['transfer-encoding'] === undefined && !('encrypted' in socket)
  // A connection with pooled buffers bypasses the response, see buffer-pool.ts.
  if (bare) return () => socket.bytesRead
  let bytes = 0
  const push = response.push.bind(response)
  response.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    bytes += chunk?.length ?? 0
    return push(chunk, encoding)
  }
  return () => bytes
}

/** Aborts a request whose body the server reads too slowly, unless this side has nothing to send. */
export function watchUpload(request: http.ClientRequest, idle: number): void {
  request.once('socket', (socket) => {
    let before = sentBytes(socket)
    let periods = 0
    const judge = (): void => {
      const waiting = !request.writableFinished && (request.writableLength > 0 || socket.writableLength > 0)
      periods = waiting && sentBytes(socket) - before < leastBytes ? periods + 1 : 0
      if (periods > 0 && periods * pieceBytes >= socket.writableLength) request.destroy(stalled())
      before = sentBytes(socket)
    }
    // Before the connection's own timeout, which is less precise.
    const stop = eachPeriod(idle / 2, judge)
    request.once('finish', stop)
    request.once('close', stop)
  })
}

/** Bytes that the system has taken, by whole pieces. */
const sentBytes = (socket: net.Socket): number => socket.bytesWritten - socket.writableLength
