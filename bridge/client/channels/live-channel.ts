import {
  clientChunk,
  type Close,
  type Control,
  encodeControl,
  joinMessage,
  type Json,
  type Problem,
} from '../../protocol/index.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channel.ts'

/** Unacknowledged bytes above which {@link Channel.writable} waits. */
const uploadWindow = 1024 * 1024

/** Sends a message. */
export type Send = (message: string | Uint8Array<ArrayBuffer>) => void

/** A channel of a bridge. */
export class LiveChannel implements Channel {
  readonly id: string
  readonly #binary: boolean
  readonly #events: ChannelEvents
  readonly #send: Send
  readonly #forget: () => void
  readonly #waiting = new Set<() => void>()
  #unacknowledged = 0
  #done = false
  #closed = false

  /** Sends the `open`. `forget` is called once the channel is over. */
  constructor(id: string, options: ChannelOptions, events: ChannelEvents, send: Send, forget: () => void) {
    this.id = id
    this.#binary = options.binary === 'raw'
    this.#events = events
    this.#send = send
    this.#forget = forget
    this.control('open', { 'flow-control': true, ...options })
  }

  get closed(): boolean {
    return this.#closed
  }

  send(data: string | Uint8Array): void {
    if (this.#closed || this.#done) return
    for (const piece of pieces(data)) {
      this.#unacknowledged += piece.length
      this.#send(
        this.#binary
          ? joinMessage(this.id, piece)
          : `${this.id}\n${typeof piece === 'string' ? piece : new TextDecoder().decode(piece)}`,
      )
    }
  }

  writable(): Promise<void> {
    if (this.#closed || this.#unacknowledged < uploadWindow) return Promise.resolve()
    return new Promise((resume) => this.#waiting.add(resume))
  }

  done(): void {
    if (this.#done) return
    this.control('done', {})
    this.#done = true
  }

  control(command: string, fields: { [field: string]: Json | undefined }): void {
    if (!this.#closed) this.#send(`\n${encodeControl({ command, channel: this.id, ...fields })}`)
  }

  close(problem?: Problem): void {
    const fields = problem === undefined ? {} : { problem }
    this.control('close', fields)
    this.end({ command: 'close', channel: this.id, ...fields })
  }

  /** Data arrived. */
  receive(data: string | Uint8Array): void {
    if (!this.#closed) this.#events.data?.(data)
  }

  /** A control message arrived. */
  receiveControl(message: Control): void {
    if (this.#closed) return
    switch (message.command) {
      case 'close':
        return this.end(message as Close)
      case 'ready':
        return this.#events.ready?.(message)
      case 'done':
        return this.#events.done?.()
      case 'ping':
        return this.#answerPing(message)
      case 'ack':
        if (typeof message['bytes'] === 'number') this.#unacknowledged = Math.max(0, this.#unacknowledged - message['bytes'])
        if (this.#unacknowledged < uploadWindow) this.#resumeAll()
        return
      default:
        return this.#events.control?.(message)
    }
  }

  /** Closes it locally. */
  end(close: Close): void {
    if (this.#closed) return
    this.#closed = true
    this.#forget()
    this.#resumeAll()
    this.#events.close?.(close)
  }

  #answerPing(message: Control): void {
    const answer = (): void => this.control('pong', { ...message, command: 'pong' })
    if (this.#events.ping === undefined) answer()
    else this.#events.ping(answer)
  }

  #resumeAll(): void {
    for (const resume of this.#waiting) resume()
    this.#waiting.clear()
  }
}

/** Splits data so that each piece fits in a message, without splitting characters of a text. */
function* pieces(data: string | Uint8Array): Generator<string | Uint8Array> {
  if (typeof data !== 'string') {
    for (let at = 0; at < data.length; at += clientChunk) yield data.subarray(at, at + clientChunk)
    return
  }
  // A UTF-16 unit takes up to three bytes.
  const size = Math.floor(clientChunk / 3)
  for (let at = 0; at < data.length;) {
    let end = Math.min(at + size, data.length)
    const last = data.charCodeAt(end - 1)
    if (end < data.length && last >= 0xd800 && last <= 0xdbff) end--
    yield data.slice(at, end)
    at = end
  }
}
