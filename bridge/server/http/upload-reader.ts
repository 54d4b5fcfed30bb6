import type { IncomingMessage } from 'node:http'
import { type Control, ownBytes } from '../../protocol/index.ts'

/** Bytes that the agent has not acknowledged above which the browser waits. */
const window = 4 * 1024 * 1024

/** Bytes that are sent in one message, unless less has come. Below what an agent refuses. */
const block = 512 * 1024

/** How an upload reaches its channel. */
export interface UploadEvents {
  /** Sends pieces as one message of the channel. False: wait for {@link UploadReader.drained}. */
  sendData(pieces: readonly Uint8Array[]): boolean
  send(control: Control): void
  /** The browser left before the end. Called at most once. */
  cut(): void
}

/** Reads the body of a request as fast as its channel takes it. */
export interface UploadReader {
  /** The channel's receiver has taken so many bytes. */
  acknowledge(bytes: number): void
  /** The agent accepts messages again. */
  drained(): void
  /** Sends no more; the rest of the body is dropped. Idempotent. */
  close(): void
}

/** Begins to read; `done` is sent at the body's end. */
export function readUpload(channel: string, request: IncomingMessage, events: UploadEvents): UploadReader {
  let unacknowledged = 0
  let blocked = false
  let open = true
  let pieces: Uint8Array[] = []
  let held = 0
  // The engine may work on it for long once it has all.
  request.socket.setTimeout(0)
  const pace = (): void => {
    if (!open || (!blocked && unacknowledged + held < window)) request.resume()
    else request.pause()
  }
  const flush = (): void => {
    if (held === 0 || !open) return
    unacknowledged += held
    blocked = !events.sendData(pieces)
    pieces = []
    held = 0
    pace()
  }
  request.on('data', (piece: Buffer) => {
    if (!open) return
    // Many small pieces come at once: they become one message.
    if (held === 0) setImmediate(flush)
    ownBytes(piece)
    pieces.push(piece)
    held += piece.length
    if (held >= block) flush()
  })
  request.once('end', () => {
    flush()
    if (open) events.send({ command: 'done', channel })
  })
  request.once('close', () => {
    if (open && !request.complete) events.cut()
  })
  return {
    acknowledge: (bytes) => {
      unacknowledged = Math.max(0, unacknowledged - bytes)
      pace()
    },
    drained: () => {
      blocked = false
      pace()
    },
    close: () => {
      open = false
      pieces = []
      request.resume()
    },
  }
}
