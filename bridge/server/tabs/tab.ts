import type { RawData, WebSocket } from 'ws'
import {
  type Control,
  encodeControl,
  maxChannels,
  maxControl,
  parseControl,
  joinMessage,
  parseOpen,
  type Problem,
  ProblemError,
  splitMessage,
  type WriterBudget,
} from '../../protocol/index.ts'
import type { Times } from '../options.ts'
import type { SessionPage } from '../session/session-page.ts'
import { openTabWriter, type TabWriter } from './tab-writer.ts'

/** Close timeout in milliseconds. */
const closeTimeout = 2_000

/** The callbacks of a tab. */
export interface TabEvents {
  /** Forwards a message to the agent. False: wait for {@link Tab.drained}. */
  forward(message: Uint8Array): boolean
  send(control: Control): void
  logout(): void
  /** Whether the message was a request about the session, which has been answered. */
  request(message: Control): boolean
  /** The page asked for something. */
  active(): void
  /** The page has disconnected; `clean` unless it was cut off. Called once. */
  gone(clean: boolean): void
}

/** A channel of a page. */
interface TabChannel {
  binary: boolean
  /** The page did not ask for flow control: the server answers the agent's pings itself, as data is written to the page. */
  answersPings: boolean
}

/** One page's websocket within a session: forwards messages without parsing more than their channel. */
export class Tab implements SessionPage {
  /** Its channels' names begin with this: `1:`, `2:` … */
  readonly seed: string
  readonly #socket: WebSocket
  readonly #times: Times
  readonly #events: TabEvents
  readonly #channels = new Map<string, TabChannel>()
  readonly #heartbeat: NodeJS.Timeout
  readonly #writer: TabWriter
  /** Pongs that are held until the queue has drained, the last of each channel. */
  readonly #pongs = new Map<string, Control>()
  #initialized = false
  #open = true
  #agentBlocked = false
  #paused = false
  #lastMessageAt = Date.now()

  /** @param budget is shared with the user's other pages. */
  constructor(socket: WebSocket, seed: string, greeting: Control, times: Times, budget: WriterBudget, events: TabEvents) {
    this.seed = seed
    this.#socket = socket
    this.#times = times
    this.#events = events
    this.#heartbeat = setInterval(() => this.#ping(), times.ping)
    this.#writer = openTabWriter(
      socket,
      budget,
      () => this.#pageDrained(),
      (error) => this.#sessionDisconnected(error.problem),
    )
    socket.on('message', (raw) => this.#receive(raw))
    socket.on('ping', (data) => {
      this.#writer.send({ pong: data })
      this.#applyBackpressure()
    })
    socket.on('pong', () => (this.#lastMessageAt = Date.now()))
    socket.on('close', (code) => {
      this.#writer.close()
      this.#gone(code === 1000 || code === 1001, 'disconnected')
    })
    socket.on('error', () => socket.terminate())
    this.#send(greeting)
  }

  /** Forwards data of one of its channels, in the frame type of the channel. */
  data(channel: string, message: Uint8Array): void {
    const known = this.#channels.get(channel)
    if (known === undefined) return
    this.#writer.send({ data: message, binary: known.binary })
    this.#applyBackpressure()
  }

  /** Forwards a control message about one of its channels. */
  control(message: Control, raw: Uint8Array): void {
    const { channel } = message
    const known = channel === undefined ? undefined : this.#channels.get(channel)
    if (channel === undefined || known === undefined) return
    if (message.command === 'ping' && known.answersPings) return this.#answer(channel, { ...message, command: 'pong' })
    if (message.command === 'close') this.#forget(channel)
    this.#writer.send({ data: raw, binary: false })
    this.#applyBackpressure()
  }

  /** The agent accepts messages again. */
  drained(): void {
    this.#agentBlocked = false
    this.#applyBackpressure()
  }

  /** Closes the page with a reason. Idempotent. */
  close(problem: Problem, message?: string): void {
    if (!this.#open) return
    this.#send({ command: 'close', problem, message })
    this.#writer.end(() => this.#socket.close(1000))
    const timer = setTimeout(() => this.#socket.terminate(), closeTimeout).unref()
    this.#socket.once('close', () => {
      clearTimeout(timer)
      this.#writer.close()
    })
    this.#gone(true, 'disconnected')
  }

  /** Sends a control message without a channel. */
  tell(control: Control): void {
    this.#send(control)
  }

  #send(control: Control): void {
    this.#writer.send({ data: `\n${encodeControl(control)}`, binary: false })
    this.#applyBackpressure()
  }

  #gone(clean: boolean, problem: Problem): void {
    if (!this.#open) return
    this.#open = false
    clearInterval(this.#heartbeat)
    for (const channel of this.#channels.keys()) this.#events.send({ command: 'close', channel, problem })
    this.#channels.clear()
    this.#pongs.clear()
    this.#events.gone(clean)
  }

  /** Terminates a page that is gone or does not read; queued messages are dropped. */
  #sessionDisconnected(problem: Problem): void {
    this.#writer.close()
    this.#socket.terminate()
    this.#gone(false, problem)
  }

  /** Backpressure: a page is only read while it reads itself, and while its agent accepts messages. */
  #applyBackpressure(): void {
    const pause = this.#agentBlocked || this.#writer.needsDrain
    if (pause === this.#paused) return
    this.#paused = pause
    if (pause) this.#socket.pause()
    else this.#socket.resume()
  }

  #pageDrained(): void {
    for (const pong of this.#pongs.values()) this.#events.send(pong)
    this.#pongs.clear()
    this.#applyBackpressure()
  }

  #answer(channel: string, pong: Control): void {
    if (this.#writer.needsDrain) this.#pongs.set(channel, pong)
    else this.#events.send(pong)
  }

  #forget(channel: string): void {
    this.#channels.delete(channel)
    this.#pongs.delete(channel)
  }

  #ping(): void {
    // A page that is paused because of its agent is not idle.
    if (this.#agentBlocked) this.#lastMessageAt = Date.now()
    if (Date.now() - this.#lastMessageAt > this.#times.pageIdle) return this.#sessionDisconnected('disconnected')
    if (this.#writer.needsDrain) return
    this.#writer.send({ ping: true })
    this.#send({ command: 'ping' })
  }

  #receive(raw: RawData): void {
    this.#lastMessageAt = Date.now()
    if (!this.#open) return
    const message = raw as Buffer
    try {
      const { channel, payload } = splitMessage(message)
      if (channel === '') return this.#receiveControl(parseControl(payload), message)
      if (!this.#initialized) throw new ProblemError('protocol-error', 'The page did not begin with "init".')
      this.#checkSeed(channel)
      // Data for a channel that has just been closed may still arrive.
      if (this.#channels.has(channel)) {
        this.#events.active()
        this.#forward(message)
      }
    } catch (error) {
      const failure = ProblemError.from(error)
      this.close(failure.problem, failure.message)
    }
  }

  #receiveControl(message: Control, raw: Uint8Array): void {
    if (message.command === 'init') {
      if (this.#initialized || message['version'] !== 1) throw new ProblemError('protocol-error', 'The page sent a wrong "init".')
      this.#initialized = true
      return
    }
    if (!this.#initialized) throw new ProblemError('protocol-error', 'The page did not begin with "init".')
    if (message.channel !== undefined) return this.#receiveAboutChannel(message, message.channel, raw)
    switch (message.command) {
      case 'ping':
        return this.#send({ ...message, command: 'pong' })
      case 'logout':
        return this.#events.logout()
      case 'kill':
        return this.#forward(raw)
      default:
        this.#events.request(message)
      // Others without a channel (pong, hint, authorize) are not forwarded.
    }
  }

  #receiveAboutChannel(message: Control, channel: string, raw: Uint8Array): void {
    this.#checkSeed(channel)
    if (message.command === 'open') {
      this.#forward(this.#begin(message, channel, raw))
      return this.#events.active()
    }
    if (!this.#channels.has(channel)) return
    if (message.command === 'close') this.#forget(channel)
    this.#forward(raw)
  }

  /** The message for the agent: every channel has flow control, so that the agent waits for a slow page. */
  #begin(message: Control, channel: string, raw: Uint8Array): Uint8Array {
    const { binary, 'flow-control': flow } = parseOpen(message)
    if (this.#channels.has(channel)) throw new ProblemError('protocol-error', 'The page opened a channel twice.')
    if (this.#channels.size >= maxChannels)
      throw new ProblemError('too-large', `The page opened more than ${maxChannels} channels.`)
    const passed = flow === true ? raw : joinMessage('', encodeControl({ ...message, 'flow-control': true }))
    // The agent would end the connection.
    if (passed.length > maxControl) throw new ProblemError('too-large', `An "open" is larger than ${maxControl} bytes.`)
    this.#channels.set(channel, { binary: binary === 'raw' || binary === true, answersPings: flow !== true })
    return passed
  }

  #checkSeed(channel: string): void {
    if (!channel.startsWith(this.seed)) throw new ProblemError('protocol-error', 'The page named a channel that is not its own.')
  }

  #forward(message: Uint8Array): void {
    this.#agentBlocked = !this.#events.forward(message)
    this.#applyBackpressure()
  }
}
