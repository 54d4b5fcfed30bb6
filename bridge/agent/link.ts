import { BoundedWriter, encodeStdio, freeBytes, ownBytes, type ProblemError, StdioReader } from '../protocol/index.ts'
import type { Readable, Writable } from 'node:stream'

/** The connection to the server: ordered messages with backpressure. */
export interface Link {
  send(channel: string, payload: Uint8Array | string): void
  /** Whether senders may continue. */
  writable(): boolean
  /** Calls `listener` whenever it becomes writable; the result removes it. */
  onDrain(listener: () => void): () => void
  /** Ends the output once queued data has been written, or after a timeout; then calls `ended`. */
  end(ended: () => void): void
}

/** The events of a link. */
export interface LinkEvents {
  /** One message, channel line included. An error it throws ends the link. */
  message(message: Uint8Array): void
  /** No more messages: the peer ended, or `error`. Called once. */
  ended(error?: unknown): void
}

/** Bytes queued for the server: channels wait above the first; the connection is ended above the second. */
const highWaterMark = 256 * 1024
const limit = 32 * 1024 * 1024

/** Milliseconds to write queued data when the connection ends. */
const closeTimeout = 2_000

/** Reads and writes messages on a byte stream. */
export function openLink(input: Readable, output: Writable, events: LinkEvents): Link {
  const reader = new StdioReader()
  const listeners = new Set<() => void>()
  let open = true
  let ending = false
  const notifyAll = (): void => {
    for (const listener of [...listeners]) listener()
  }
  const end = (error?: unknown): void => {
    if (ending) return
    ending = true
    // The owner may still send the reason.
    events.ended(error)
    open = false
    notifyAll()
  }
  input.on('data', (chunk: Uint8Array) => {
    if (ending) return
    let isShared = false
    try {
      for (const message of reader.push(chunk)) {
        isShared ||= message.buffer === chunk.buffer
        events.message(message)
      }
      if (isShared) return
      ownBytes(chunk)
      freeBytes(chunk)
    } catch (error) {
      end(error)
    }
  })
  input.once('end', () => end())
  input.once('close', () => end())
  input.once('error', end)
  output.once('error', end)
  const writer = openServerWriter(output, notifyAll, end)
  return {
    send: (channel, payload) => {
      if (!open) return
      const frame = encodeStdio(channel, payload)
      writer.write(frame, frame.length)
    },
    writable: () => !open || !writer.needsDrain,
    end: (ended) => closeOutput(output, writer, ended),
    onDrain: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The queue in front of the server. */
function openServerWriter(
  output: Writable,
  drained: () => void,
  onSlowPeer: (error: ProblemError) => void,
): BoundedWriter<Uint8Array> {
  return new BoundedWriter({
    highWaterMark,
    limit,
    write: (frame, written) => {
      if (output.writableEnded || output.destroyed) written()
      else output.write(frame, written)
    },
    drained,
    onSlowPeer,
  })
}

function closeOutput(output: Writable, writer: BoundedWriter<Uint8Array>, ended: () => void): void {
  if (output.destroyed) return ended()
  const timer = setTimeout(() => output.destroy(), closeTimeout).unref()
  for (const event of ['close', 'finish'])
    output.once(event, () => {
      clearTimeout(timer)
      ended()
    })
  writer.end(() => output.end())
}
