import { type RawData, WebSocket } from 'ws'
import {
  type Control,
  encodeControl,
  maxChannels,
  parseControl,
  parseOpen,
  type Problem,
  ProblemError,
  splitMessage,
} from '../protocol/index.ts'
import type { Times } from './options.ts'
import type { SessionPage } from './session-page.ts'

/** Bytes that wait for a page before its agent is no longer read. */
const maxBuffered = 8 * 1024 * 1024

/** Milliseconds a page has to take leave when its connection is closed. */
const farewell = 2_000

/** What a tab asks of its session. */
export interface TabEvents {
  /** Passes a message to the agent. False: wait for {@link Tab.drained}. */
  forward(message: Uint8Array): boolean
  send(control: Control): void
  logout(): void
  /** The page has caught up with its agent. */
  caughtUp(): void
  /** The page has gone; `left` tells that it went by itself and was not cut off. Called once. */
  gone(left: boolean): void
}

/** One page's websocket within a session: passes messages on, unread except for which channel they belong to. */
export class Tab implements SessionPage {
  /** Its channels' names begin with this: `1:`, `2:` … */
  readonly seed: string
  readonly #socket: WebSocket
  readonly #times: Times
  readonly #events: TabEvents
  readonly #channels = new Map<string, { binary: boolean }>()
  readonly #beat: NodeJS.Timeout
  #greeted = false
  #open = true
  #behind = false
  #heard = Date.now()

  constructor(socket: WebSocket, seed: string, greeting: Control, times: Times, events: TabEvents) {
    this.seed = seed
    this.#socket = socket
    this.#times = times
    this.#events = events
    this.#beat = setInterval(() => this.#ping(), times.ping)
    socket.on('message', (raw) => this.#receive(raw))
    socket.on('pong', () => (this.#heard = Date.now()))
    socket.on('close', (code) => this.#gone(code === 1000 || code === 1001))
    socket.on('error', () => socket.terminate())
    this.#send(greeting)
  }

  /** Whether its page is behind with what its agent sends. */
  get behind(): boolean {
    return this.#behind
  }

  /** Passes data of one of its channels on, in the frame type of the channel. */
  data(channel: string, message: Uint8Array): void {
    const known = this.#channels.get(channel)
    if (known === undefined || this.#socket.readyState !== WebSocket.OPEN) return
    this.#socket.send(message, { binary: known.binary }, () => this.#sent())
    this.#behind ||= this.#socket.bufferedAmount > maxBuffered
  }

  /** Passes a control message about one of its channels on. */
  control(message: Control, raw: Uint8Array): void {
    if (message.channel === undefined || !this.#channels.has(message.channel) || this.#socket.readyState !== WebSocket.OPEN)
      return
    if (message.command === 'close') this.#channels.delete(message.channel)
    this.#socket.send(raw, { binary: false })
  }

  /** The agent takes messages again. */
  drained(): void {
    this.#socket.resume()
  }

  /** Tells the page why, and closes. Idempotent. */
  close(problem: Problem, message?: string): void {
    if (!this.#open) return
    this.#send({ command: 'close', problem, message })
    this.#socket.close(1000)
    this.#gone(true)
    setTimeout(() => this.#socket.terminate(), farewell).unref()
  }

  #send(control: Control): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(`\n${encodeControl(control)}`)
  }

  #gone(left: boolean): void {
    if (!this.#open) return
    this.#open = false
    clearInterval(this.#beat)
    for (const channel of this.#channels.keys()) this.#events.send({ command: 'close', channel, problem: 'disconnected' })
    this.#channels.clear()
    this.#events.gone(left)
  }

  #ping(): void {
    if (Date.now() - this.#heard > this.#times.silence) {
      this.#socket.terminate()
      return this.#gone(false)
    }
    this.#socket.ping()
    this.#send({ command: 'ping' })
  }

  #receive(raw: RawData): void {
    this.#heard = Date.now()
    if (!this.#open) return
    const message = raw as Buffer
    try {
      const { channel, payload } = splitMessage(message)
      if (channel === '') return this.#receiveControl(parseControl(payload), message)
      if (!this.#greeted) throw new ProblemError('protocol-error', 'The page did not begin with "init".')
      this.#checkSeed(channel)
      // Data for a channel that has just been closed may still have been under way.
      if (this.#channels.has(channel)) this.#forward(message)
    } catch (error) {
      const failure = ProblemError.from(error)
      this.close(failure.problem, failure.message)
    }
  }

  #receiveControl(message: Control, raw: Uint8Array): void {
    if (message.command === 'init') {
      if (this.#greeted || message['version'] !== 1) throw new ProblemError('protocol-error', 'The page sent a wrong "init".')
      this.#greeted = true
      return
    }
    if (!this.#greeted) throw new ProblemError('protocol-error', 'The page did not begin with "init".')
    if (message.channel !== undefined) return this.#receiveAboutChannel(message, message.channel, raw)
    switch (message.command) {
      case 'ping':
        return this.#send({ ...message, command: 'pong' })
      case 'logout':
        return this.#events.logout()
      case 'kill':
        return this.#forward(raw)
      // The others without a channel (pong, hint, authorize) concern nobody behind the server.
    }
  }

  #receiveAboutChannel(message: Control, channel: string, raw: Uint8Array): void {
    this.#checkSeed(channel)
    if (message.command === 'open') this.#begin(message, channel)
    else if (!this.#channels.has(channel)) return
    if (message.command === 'close') this.#channels.delete(channel)
    this.#forward(raw)
  }

  #begin(message: Control, channel: string): void {
    const { binary } = parseOpen(message)
    if (this.#channels.has(channel)) throw new ProblemError('protocol-error', 'The page opened a channel twice.')
    if (this.#channels.size >= maxChannels)
      throw new ProblemError('too-large', `The page opened more than ${maxChannels} channels.`)
    this.#channels.set(channel, { binary: binary === 'raw' || binary === true })
  }

  #checkSeed(channel: string): void {
    if (!channel.startsWith(this.seed)) throw new ProblemError('protocol-error', 'The page named a channel that is not its own.')
  }

  #forward(message: Uint8Array): void {
    if (!this.#events.forward(message)) this.#socket.pause()
  }

  #sent(): void {
    if (!this.#behind || this.#socket.bufferedAmount > maxBuffered / 2) return
    this.#behind = false
    this.#events.caughtUp()
  }
}
