import type { Control, Problem } from '../../protocol/index.ts'

/** An owner of channels of a session: a page with its websocket, or a download. */
export interface SessionPage {
  /** Receives data of one of its channels; `message` includes the channel line. */
  data(channel: string, message: Uint8Array): void
  /** Receives a control message about one of its channels. */
  control(message: Control, raw: Uint8Array): void
  /** The agent accepts messages again. */
  drained(): void
  /** Ends it with a reason. Idempotent. */
  close(problem: Problem, message?: string): void
}
