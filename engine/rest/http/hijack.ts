import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { encodeFrame, type Operation, type Pipe } from '../../contract/index.ts'
import { limitUnread, unreadBytes } from '../../lib/sys/index.ts'
import { headerOf, type RestRequest } from './message.ts'
import { usualTimeouts, writable } from './write-reply.ts'

/** The head that hands the connection over, as libpod writes it: 101 where the client asked for an upgrade. */
export function hijackHead(request: RestRequest, terminal: boolean, dialect: Operation['dialect']): string {
  // Docker's API had no other type before its version 1.42.
  const form = terminal || dialect === 'docker' ? 'raw' : 'multiplexed'
  const type = `Content-Type: application/vnd.docker.${form}-stream\r\n`
  if (headerOf(request, 'upgrade') === undefined) return `HTTP/1.1 200 OK\r\n${type}\r\n`
  return `HTTP/1.1 101 UPGRADED\r\n${type}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n`
}

/** Polling interval and timeout, in milliseconds, until a client has read the head of a response. */
const headInterval = 1
const headTimeout = 500

/**
 * Resolves when the client has read what was written so far. One that takes the connection over without having asked for an upgrade
 * (podman's exec) loses the output that its HTTP library reads together with the head.
 */
export async function taken(socket: Duplex): Promise<void> {
  for (const end = Date.now() + headTimeout; Date.now() < end && (unreadBytes(socket) ?? 0) > 0;) await sleep(headInterval)
}

/** Bytes of a terminal's output ahead of its client: what is typed must take effect before much more is shown. */
const terminalBuffer = 32 * 1024

/**
 * Joins a connection and a process until the process's output ends or the client disconnects. The client's half-close is end of
 * input; its disconnect detaches. Both ends are freed when this resolves; it never rejects.
 *
 * @param ready resolves when the client may be sent output; its input is taken before that.
 * @param stalled milliseconds after which a client that leaves output unread is disconnected, which detaches it.
 */
export async function joinPipe(
  pipe: Pipe,
  socket: Duplex,
  terminal: boolean,
  input: AsyncIterable<Uint8Array>,
  ready: Promise<void> = Promise.resolve(),
  stalled = usualTimeouts.stream,
): Promise<void> {
  // One that left while the process was started.
  if (socket.destroyed) pipe.close()
  else socket.once('close', () => pipe.close())
  socket.on('error', () => socket.destroy())
  if (terminal) limitUnread(socket, terminalBuffer)
  void forwardInput(pipe, input).then(() => endWhenLeft(socket))
  try {
    await ready
    for await (const chunk of pipe.output) {
      if (socket.destroyed) break
      if (!socket.write(terminal ? chunk.data : encodeFrame(chunk))) await writable(socket, stalled)
    }
    if (!socket.destroyed) await new Promise<void>((resolve) => socket.end(resolve))
  } catch {
    // The process's side failed: the connection can only be closed.
  } finally {
    pipe.close()
    socket.destroy()
  }
}

async function forwardInput(pipe: Pipe, input: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const data of input) await pipe.write(data)
    await pipe.end()
  } catch {
    // The process no longer reads, or the client disconnected: the output side closes the connection.
  }
}

/** Polling interval, in milliseconds, to detect that a client that has ended its input has disconnected. */
const lookInterval = 1_000

/**
 * Ends a connection whose client has closed it, and not only ended its input: the two look alike until something is written, and a
 * process may say nothing for days. Writing zero bytes shows it as well: it fails for a socket that is closed at the other end.
 */
function endWhenLeft(socket: Duplex): void {
  if (socket.destroyed) return
  const timer = setInterval(() => {
    if (!socket.writableNeedDrain && !socket.writableEnded) socket.write(Buffer.alloc(0))
  }, lookInterval)
  socket.once('close', () => clearInterval(timer))
}
