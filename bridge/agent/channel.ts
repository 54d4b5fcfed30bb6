import type { Json, Open, Problem } from '../protocol/index.ts'
import type { AgentUser } from './user.ts'
import type { Duplex } from 'node:stream'

/** A socket path that is served in the agent's process. */
export interface Endpoint {
  /** A new connection; the caller ends it. */
  connect(): Duplex | Promise<Duplex>
}

/** What a payload may use of its agent. */
export interface AgentServices {
  /** Unix socket paths that are served in this process. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly user: AgentUser
  /** The payloads that can be opened. */
  readonly payloads: readonly string[]
  /** Folders with Cockpit packages. */
  readonly packages: readonly string[]
}

/** What a `close` may carry besides the problem: exit status, tag, message. */
export type CloseFields = { problem?: Problem; message?: string; [field: string]: Json | undefined }

/** A channel, as a payload uses it. After it is closed every method does nothing. */
export interface Channel {
  readonly open: Open
  readonly agent: AgentServices
  /** Aborted when the channel is closed by either side. */
  readonly signal: AbortSignal
  /** Sends `ready`. */
  ready(fields?: Record<string, Json>): void
  /**
   * Sends data. On a text channel it is made valid UTF-8; an incomplete character at the end is held.
   * @returns false when the sender has to wait for {@link Channel.drained}.
   */
  send(data: Uint8Array | string): boolean
  /** Resolves when more may be sent, or when the channel is closed. */
  drained(): Promise<void>
  /** Sends a control message about this channel. */
  control(command: string, fields: Record<string, Json>): void
  /** Acknowledges `bytes` of received data, if the sender asked for acknowledgements. */
  acknowledge(bytes: number): void
  /** Sends `done`: no more data follows. Idempotent. */
  done(): void
  /** Closes the channel. Idempotent. */
  close(fields?: CloseFields): void
  /** Closes the channel with the problem of an error, and calls the payload's `closed`. Idempotent. */
  fail(error: unknown): void
}

/** A payload's handlers. An error they throw closes the channel with its problem. */
export interface Handlers {
  data?(data: Uint8Array): void
  /** No more data follows. Called once. */
  done?(): void
  /** Control messages of the channel other than open, done and close, such as `options`. */
  control?(command: string, fields: Record<string, Json | undefined>): void
  /** The peer closed the channel, or the agent ends: free everything. Called once, and not after the payload's own close. */
  closed?(problem: Problem | undefined): void
}

/** Opens a channel of one payload. */
export type Payload = (channel: Channel) => Handlers

/**
 * Sends all of `source` to `channel` with backpressure, then calls `ended`. What comes while the channel's peer is busy is sent as
 * one: a terminal's program writes 4 KiB at a time.
 */
export function pump(source: NodeJS.ReadableStream, channel: Channel, ended: () => void): void {
  let waiting = false
  const send = (): void => {
    if (waiting) return
    for (let data = source.read(); data !== null; data = source.read()) {
      if (channel.send(data as Buffer)) continue
      waiting = true
      return void channel.drained().then(() => {
        waiting = false
        send()
      })
    }
  }
  source.on('readable', send)
  source.once('end', ended)
}
