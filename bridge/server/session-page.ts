import type { Control, Problem } from '../protocol/index.ts'

/** Whoever holds channels of a session: a page with its websocket, or one request that is answered from a channel. */
export interface SessionPage {
  /** Whether it is behind with what its agent sends. */
  readonly behind: boolean
  /** Takes data of one of its channels; `message` is the whole message. */
  data(channel: string, message: Uint8Array): void
  /** Takes a control message about one of its channels. */
  control(message: Control, raw: Uint8Array): void
  /** The agent takes messages again. */
  drained(): void
  /** Tells it why, and ends it. Idempotent. */
  close(problem: Problem, message?: string): void
}
