import type { Close, Control, Json, JsonObject, Problem } from '../../protocol/index.ts'

/** How a channel is opened: the payload's name and its own fields. */
export interface ChannelOptions extends JsonObject {
  payload: string
  /** `raw`: the data is bytes; otherwise text. */
  binary?: 'raw'
  superuser?: 'require' | 'try'
}

/** What happens on a channel, in this order: ready, data …, done, close. Only `close` is certain. */
export interface ChannelEvents {
  ready?(fields: Control): void
  /** Text on a text channel, bytes on a binary one. */
  data?(data: string | Uint8Array): void
  /** No more data follows. */
  done?(): void
  /** Control messages of the payload, such as `response`. */
  control?(control: Control): void
  /**
   * A flow control ping: call `answer` once all data so far has been consumed. By default it is answered immediately.
   */
  ping?(answer: () => void): void
  /** The channel is over. Called exactly once, also after {@link Channel.close}. */
  close?(fields: Close): void
}

/** A channel of a bridge. After it is closed, every method does nothing. */
export interface Channel {
  readonly id: string
  /** Sends data, in as many messages as its size needs. */
  send(data: string | Uint8Array): void
  /** Resolves when little unacknowledged data is in flight, or the channel is closed. Needs `send-acks: bytes`. */
  writable(): Promise<void>
  /** Sends `done`: no more data follows. Idempotent. */
  done(): void
  control(command: string, fields: { [field: string]: Json | undefined }): void
  /** Closes the channel; with a problem, its process is ended immediately. Idempotent. */
  close(problem?: Problem): void
  readonly closed: boolean
}

/** What opens channels. */
export interface ChannelOpener {
  channel(options: ChannelOptions, events?: ChannelEvents): Channel
}
