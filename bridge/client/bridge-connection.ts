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
import type { BridgeEvents, BridgeState, Greeting } from './bridge.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channel.ts'
import { createChannelTable } from './channel-table.ts'
import { type Connection, inCockpitFrame, type OpenConnection, pageConnection } from './connection.ts'

/** How a bridge is set up; a page needs none of it. */
export interface ConnectOptions {
  /** The way to the server; found by the page's address and window unless given. */
  connection?: OpenConnection
  /** Milliseconds without a message after which the connection counts as lost; 30 s, and never within Cockpit's shell. */
  silence?: number
  /** Milliseconds before the first attempt to get a lost connection back; doubled with each, up to 15 s. */
  backOff?: number
}

const maxBackOff = 15_000

/** Problems after which there is no session to come back to. */
const final: ReadonlySet<Problem> = new Set(['no-session', 'authentication-failed', 'access-denied', 'terminated'])

/** The connection of a bridge, which comes back by itself when it is lost. */
export class BridgeConnection {
  readonly ready: Promise<Greeting>
  readonly #open: OpenConnection
  readonly #silence: number
  readonly #backOff: number
  readonly #firstReady = Promise.withResolvers<Greeting>()
  readonly #listeners = new Map<string, Set<(detail: never) => void>>()
  readonly #channels = createChannelTable((message) => this.#connection?.send(message))
  #state: BridgeState = 'connecting'
  #connection: Connection | undefined
  #greeted = false
  #attempts = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #watchdog: ReturnType<typeof setTimeout> | undefined

  constructor({ connection, silence, backOff }: ConnectOptions) {
    this.#open = connection ?? pageConnection()
    this.#silence = silence ?? (connection === undefined && inCockpitFrame() ? Infinity : 30_000)
    this.#backOff = backOff ?? 500
    this.ready = this.#firstReady.promise
    this.ready.catch(() => {
      // A page that listens for `ended` instead need not look at it.
    })
    this.#start()
  }

  get state(): BridgeState {
    return this.#state
  }

  channel(options: ChannelOptions, events: ChannelEvents = {}): Channel {
    if (this.#state === 'ended') return this.#channels.openDead(options, events, 'no-session')
    if (this.#state === 'disconnected') return this.#channels.openDead(options, events, 'disconnected')
    return this.#channels.open(options, events)
  }

  on<K extends keyof BridgeEvents>(event: K, listener: (detail: BridgeEvents[K]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, set.add(listener as (detail: never) => void))
    return () => set.delete(listener as (detail: never) => void)
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
    this.#stir()
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

  /** The connection is gone: tries again, unless no session is left to come back to. */
  #lost(problem: Problem, message?: string): void {
    if (this.#state === 'ended') return
    const before = this.#state
    const why = message === undefined ? { problem } : { problem, message }
    this.#state = final.has(problem) ? 'ended' : 'disconnected'
    this.#drop(problem)
    if (final.has(problem)) {
      this.#firstReady.reject(new ProblemError(problem, 'Nobody is logged in.'))
      return this.#emit('ended', why)
    }
    if (before === 'ready') this.#emit('disconnected', why)
    const pause = Math.min(maxBackOff, this.#backOff * 2 ** this.#attempts++)
    // Not all pages of a server that restarts at the same moment.
    this.#retry = setTimeout(() => this.#start(), pause * (0.75 + Math.random() / 2))
  }

  #drop(problem: Problem): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#watchdog)
    const dropped = this.#connection
    this.#connection = undefined
    dropped?.close()
    this.#channels.end(problem)
  }

  #stir(): void {
    clearTimeout(this.#watchdog)
    if (this.#silence !== Infinity) this.#watchdog = setTimeout(() => this.#lost('timeout'), this.#silence)
  }

  #receive(message: string | Uint8Array): void {
    this.#stir()
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
    else if (message.command === 'close') this.#lost(textOf(message['problem']) ?? 'disconnected', textOf(message['message']))
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
