import {
  type Control,
  decodeText,
  encodeControl,
  encodeText,
  isObject,
  type Json,
  parseControl,
  type Problem,
  ProblemError,
  splitMessage,
} from '../protocol/index.ts'
import type { BridgeEvents, BridgeState, Greeting } from './bridge-events.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channels/channel.ts'
import { createChannelTable } from './channels/channel-table.ts'
import { type Connection, inCockpitFrame, type OpenConnection, pageConnection } from './connection.ts'
import { openRequests } from './requests.ts'

/** Options of a bridge; a page needs none of them. */
export interface ConnectOptions {
  /** Opens the connection; by default from the page's address and window. */
  connection?: OpenConnection
  /** Milliseconds without a message after which the connection is lost. Default: 30 s; none within Cockpit's shell. */
  idleTimeout?: number
  /** Milliseconds before the first reconnect; doubled with each attempt, up to 15 s. */
  backoff?: number
}

const maxBackoff = 15_000

/** Problems that end the session: no reconnect. */
const final: ReadonlySet<Problem> = new Set(['no-session', 'authentication-failed', 'access-denied', 'terminated'])

/** The connection of a bridge. It reconnects automatically. */
export class BridgeConnection {
  readonly ready: Promise<Greeting>
  readonly #open: OpenConnection
  readonly #idleTimeout: number
  readonly #backoff: number
  readonly #firstReady = Promise.withResolvers<Greeting>()
  readonly #listeners = new Map<string, Set<(detail: never) => void>>()
  readonly #channels = createChannelTable((message) => this.#connection?.send(message))
  readonly #requests = openRequests((message) => this.#connection?.send(message))
  readonly #controlListeners = new Map<string, (message: Control) => void>()
  #state: BridgeState = 'connecting'
  #connection: Connection | undefined
  #greeted = false
  #attempts = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #watchdog: ReturnType<typeof setTimeout> | undefined

  constructor({ connection, idleTimeout, backoff }: ConnectOptions) {
    this.#open = connection ?? pageConnection()
    this.#idleTimeout = idleTimeout ?? (connection === undefined && inCockpitFrame() ? Infinity : 30_000)
    this.#backoff = backoff ?? 500
    this.ready = this.#firstReady.promise
    this.ready.catch(() => {
      // A page may listen for `ended` instead.
    })
    this.#start()
  }

  get state(): BridgeState {
    return this.#state
  }

  channel(options: ChannelOptions, events: ChannelEvents = {}): Channel {
    if (this.#state === 'ended') return this.#channels.openClosed(options, events, 'no-session')
    if (this.#state === 'disconnected') return this.#channels.openClosed(options, events, 'disconnected')
    return this.#channels.open(options, events)
  }

  on<K extends keyof BridgeEvents>(event: K, listener: (detail: BridgeEvents[K]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, set.add(listener as (detail: never) => void))
    return () => set.delete(listener as (detail: never) => void)
  }

  /** Sends a request to the server itself; the answer has the same command and id. Rejects with the answer's problem, `timeout` or `disconnected`. */
  request(message: Control): Promise<Control> {
    if (this.#state !== 'ready') return Promise.reject(new ProblemError('disconnected', 'The connection is lost.'))
    return this.#requests.ask(message)
  }

  /** Sends a message to the server itself, if connected. */
  tell(message: Control): void {
    if (this.#state === 'ready') this.#connection?.send(`\n${encodeControl(message)}`)
  }

  /** Registers the listener for one command of the server itself. */
  onControl(command: string, listener: (message: Control) => void): void {
    this.#controlListeners.set(command, listener)
  }

  reconnect(): void {
    if (this.#state === 'disconnected') this.#start()
  }

  logout(): void {
    this.#connection?.send(`\n${encodeControl({ command: 'logout', disconnect: true })}`)
    this.#lost('terminated')
  }

  close(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#drop('disconnected')
    this.#firstReady.reject(new ProblemError('disconnected', 'The connection was closed.'))
  }

  #start(): void {
    clearTimeout(this.#retry)
    this.#state = 'connecting'
    this.#resetWatchdog()
    const opened = this.#open({
      opened: () => opened.send(`\n${encodeControl({ command: 'init', version: 1 })}`),
      message: (message) => {
        if (this.#connection === opened) this.#receive(message)
      },
      closed: () => {
        if (this.#connection === opened) this.#lost('disconnected')
      },
    })
    this.#connection = opened
  }

  /** The connection is lost: reconnects unless the session has ended. */
  #lost(problem: Problem, message?: string): void {
    if (this.#state === 'ended') return
    const before = this.#state
    const why = message === undefined ? { problem } : { problem, message }
    this.#state = final.has(problem) ? 'ended' : 'disconnected'
    this.#drop(problem)
    if (final.has(problem)) {
      this.#firstReady.reject(new ProblemError(problem, 'No user is logged in.'))
      return this.#emit('ended', why)
    }
    if (before === 'ready') this.#emit('disconnected', why)
    const pause = Math.min(maxBackoff, this.#backoff * 2 ** this.#attempts++)
    // Jitter: pages must not reconnect to a restarted server at the same time.
    this.#retry = setTimeout(() => this.#start(), pause * (0.75 + Math.random() / 2))
  }

  #drop(problem: Problem): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#watchdog)
    const dropped = this.#connection
    this.#connection = undefined
    dropped?.close()
    this.#channels.end(problem)
    this.#requests.end(problem)
  }

  #resetWatchdog(): void {
    clearTimeout(this.#watchdog)
    if (this.#idleTimeout !== Infinity) this.#watchdog = setTimeout(() => this.#lost('timeout'), this.#idleTimeout)
  }

  #receive(message: string | Uint8Array): void {
    this.#resetWatchdog()
    try {
      const binary = typeof message !== 'string'
      const { channel, payload } = splitMessage(binary ? message : encodeText(message))
      if (channel === '') this.#control(parseControl(payload))
      else this.#channels.find(channel)?.receive(binary ? payload : decodeText(payload))
    } catch (error) {
      if (!ProblemError.is(error)) throw error
      this.#lost('protocol-error')
    }
  }

  #control(message: Control): void {
    if (message.command === 'init') this.#greet(message)
    else if (message.channel !== undefined) this.#channels.find(message.channel)?.receiveControl(message)
    else if (message.command === 'ping') this.#connection?.send(`\n${encodeControl({ ...message, command: 'pong' })}`)
    else if (this.#requests.settle(message)) return
    else if (message.command !== 'close') this.#controlListeners.get(message.command)?.(message)
    else this.#lost(textOf(message['problem']) ?? 'disconnected', textOf(message['message']))
  }

  #greet(control: Control): void {
    if (typeof control['problem'] === 'string') return this.#lost(control['problem'])
    if (control['version'] !== 1) return this.#lost('not-supported')
    const greeting = parseGreeting(control)
    const first = !this.#greeted
    this.#greeted = true
    this.#attempts = 0
    this.#state = 'ready'
    this.#channels.begin(typeof control['channel-seed'] === 'string' ? control['channel-seed'] : '')
    if (first) this.#firstReady.resolve(greeting)
    else this.#emit('reconnected', greeting)
  }

  #emit<K extends keyof BridgeEvents>(event: K, detail: BridgeEvents[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) (listener as (detail: BridgeEvents[K]) => void)(detail)
  }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function parseGreeting(control: Control): Greeting {
  const { host, capabilities } = control
  const token = control['csrf-token']
  return {
    host: typeof host === 'string' ? host : 'localhost',
    capabilities: Array.isArray(capabilities)
      ? capabilities.map(String)
      : isObject(capabilities)
        ? Object.keys(capabilities)
        : [],
    ...(typeof token === 'string' ? { csrfToken: token } : {}),
  }
}
