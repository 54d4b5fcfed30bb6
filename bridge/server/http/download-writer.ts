import type { ServerResponse } from 'node:http'
import { BoundedWriter, type Control, compactBytes, type ProblemError, type WriterBudget } from '../../protocol/index.ts'

/** Bytes queued for a browser: the agent waits above the first; the download is aborted above the second. */
const highWaterMark = 256 * 1024
const limit = 6 * 1024 * 1024

/** Milliseconds in which a slow browser must read something. Downloads may be paused. */
const timeout = 10 * 60_000

/** The outbound queue of a download. */
export interface DownloadWriter {
  write(payload: Uint8Array): void
  /** Sends a pong to the agent once the queue has drained. */
  answer(pong: Control): void
  /** Ends the response after everything was written. */
  end(): void
  /** Drops queued data. Idempotent. */
  close(): void
}

/** Opens the queue. Pongs are held until it has drained: until then the agent waits. */
export function openDownloadWriter(
  response: ServerResponse,
  budget: WriterBudget,
  send: (pong: Control) => void,
  onSlowPeer: (error: ProblemError) => void,
): DownloadWriter {
  let held: Control | undefined
  // This queue has its own, longer one.
  response.setTimeout(0)
  const writer = new BoundedWriter<Uint8Array>({
    highWaterMark,
    limit,
    timeout,
    budget,
    onSlowPeer,
    write: (payload, written) => void response.write(payload, written),
    drained: () => {
      if (held !== undefined) send(held)
      held = undefined
    },
  })
  return {
    write: (payload) => void writer.write(compactBytes(payload), payload.length),
    end: () => writer.end(() => response.end()),
    close: () => writer.close(),
    answer: (pong) => {
      // The last one includes those before it.
      if (writer.needsDrain) held = pong
      else send(pong)
    },
  }
}
