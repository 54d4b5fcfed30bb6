import type { Json, Open, Problem } from '../protocol/index.ts'
import type { AgentUser } from './user.ts'
import type { Duplex } from 'node:stream'

/** A socket path that the agent answers itself. */
export interface Endpoint {
  /** A new connection; whoever asked for it ends it. */
  connect(): Duplex | Promise<Duplex>
}

/** What a payload may use of its agent. */
export interface AgentServices {
  /** Unix socket paths answered in this process instead of by the file system. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly user: AgentUser
  /** The payloads that can be opened. */
  readonly payloads: readonly string[]
  /** Folders with Cockpit packages. */
  readonly packages: readonly string[]
}

/** What a `close` may carry besides the problem: exit status, tag, message. */
export type CloseFields = { problem?: Problem; message?: string; [field: string]: Json | undefined }

/** A channel as its payload sees it. After it is closed every method does nothing. */
export interface Channel {
  readonly open: Open
  readonly agent: AgentServices
  /** Fires when the channel is closed, by whichever side. */
  readonly signal: AbortSignal
  /** Says that the channel works. */
  ready(fields?: Record<string, Json>): void
  /**
   * Sends data; on a text channel bytes are made valid UTF-8, a character cut at the end waiting for its rest.
   * @returns false when the sender has to wait for {@link Channel.drained}.
   */
  send(data: Uint8Array | string): boolean
  /** Resolves when more may be sent, or when the channel is closed. */
  drained(): Promise<void>
  /** Sends a control message about this channel. */
  control(command: string, fields: Record<string, Json>): void
  /** Tells a sender that asked for it that `bytes` of its data have been taken. */
  acknowledge(bytes: number): void
  /** Says that no more data follows. Idempotent. */
  done(): void
  /** Closes the channel. Idempotent. */
  close(fields?: CloseFields): void
}

/** What a payload does with what arrives. Anything thrown closes the channel with its problem. */
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

/** Sends all of `source` to `channel` at the channel's pace, then calls `ended`. */
export function pump(source: NodeJS.ReadableStream, channel: Channel, ended: () => void): void {
  source.on('data', (data: Uint8Array) => {
    if (channel.send(data)) return
    source.pause()
    void channel.drained().then(() => source.resume())
  })
  source.once('end', ended)
}
