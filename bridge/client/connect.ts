import {
  type Control, decodeText, encodeControl, encodeText, isObject, parseControl, type Problem, ProblemError, splitMessage,
} from '../protocol/index.ts'
import type { Bridge, BridgeEvents, BridgeState, Greeting } from './bridge.ts'
import { openBus } from './bus.ts'
import type { ChannelEvents, ChannelOptions } from './channel.ts'
import { type Connection, inCockpitFrame, type OpenConnection, pageConnection } from './connection.ts'
import { openHttp } from './http.ts'
import { readInfo } from './info.ts'
import { openMetrics } from './metrics.ts'
import { type LiveChannel, openChannel } from './open-channel.ts'
import { runProgram } from './spawn.ts'
import { openStream } from './stream.ts'

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

/** Connects to the server. Returns at once; see {@link Bridge.ready}. */
export function connect(options: ConnectOptions = {}): Bridge {
  const open = options.connection ?? pageConnection()
  const silence = options.silence ?? (options.connection === undefined && inCockpitFrame() ? Infinity : 30_000)
  const ready = Promise.withResolvers<Greeting>()
  const channels = new Map<string, LiveChannel>()
  const listeners = new Map<string, Set<(detail: never) => void>>()
  const early: (string | Uint8Array<ArrayBuffer>)[] = []
  let connection: Connection | undefined
  let state: BridgeState = 'connecting'
  let greeting: Greeting | undefined
  let seed = ''
  let nextChannel = 1
  let attempts = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let watchdog: ReturnType<typeof setTimeout> | undefined
  ready.promise.catch(() => {
    // A page that listens for `ended` instead need not look at it.
  })

  const emit = <K extends keyof BridgeEvents>(event: K, detail: BridgeEvents[K]): void => {
    for (const listener of [...(listeners.get(event) ?? [])]) (listener as (detail: BridgeEvents[K]) => void)(detail)
  }
  const send = (message: string | Uint8Array<ArrayBuffer>): void => {
    if (state === 'ready') connection?.send(message)
    else if (state === 'connecting') early.push(message)
  }
  const endChannels = (problem: Problem): void => {
    early.length = 0
    for (const [id, live] of [...channels]) live.end({ command: 'close', channel: id, problem })
  }
  const drop = (): void => {
    clearTimeout(watchdog)
    const dropped = connection
    connection = undefined
    dropped?.close()
  }
  /** The connection is gone: tries again, unless no session is left to come back to. */
  const lost = (problem: Problem): void => {
    if (state === 'ended') return
    const before = state
    const final = problem === 'no-session' || problem === 'authentication-failed' || problem === 'access-denied' || problem === 'terminated'
    state = final ? 'ended' : 'disconnected'
    drop()
    endChannels(problem)
    if (final) {
      ready.reject(new ProblemError(problem, 'Nobody is logged in.'))
      return emit('ended', { problem })
    }
    if (before === 'ready') emit('disconnected', { problem })
    retry = setTimeout(start, Math.min(maxBackOff, (options.backOff ?? 500) * 2 ** attempts++) * (0.75 + Math.random() / 2))
  }
  const stir = (): void => {
    clearTimeout(watchdog)
    if (silence !== Infinity) watchdog = setTimeout(() => lost('timeout'), silence)
  }
  const greet = (control: Control): void => {
    if (typeof control['problem'] === 'string') return lost(control['problem'])
    if (control['version'] !== 1) return lost('not-supported')
    seed = typeof control['channel-seed'] === 'string' ? control['channel-seed'] : ''
    const first = greeting === undefined
    greeting = parseGreeting(control)
    attempts = 0
    state = 'ready'
    for (const message of early.splice(0)) connection?.send(withSeed(message, seed))
    for (const [id, live] of [...channels]) {
      if (!id.startsWith(pending)) continue
      channels.delete(id)
      channels.set(seed + id.slice(pending.length), live)
    }
    if (first) ready.resolve(greeting)
    else emit('reconnected', greeting)
  }
  const control = (message: Control): void => {
    if (message.command === 'init') return greet(message)
    if (message.command === 'ping' && message.channel === undefined) return connection?.send(`\n${encodeControl({ ...message, command: 'pong' })}`)
    if (message.command === 'close' && message.channel === undefined) return lost(typeof message['problem'] === 'string' ? message['problem'] : 'disconnected')
    if (message.channel !== undefined) channels.get(message.channel)?.control(message)
  }
  const receive = (message: string | Uint8Array): void => {
    stir()
    try {
      const binary = typeof message !== 'string'
      const { channel, payload } = splitMessage(binary ? message : encodeText(message))
      if (channel === '') return control(parseControl(payload))
      channels.get(channel)?.data(binary ? payload : decodeText(payload))
    } catch (error) {
      if (!ProblemError.is(error)) throw error
      lost('protocol-error')
    }
  }
  const start = (): void => {
    clearTimeout(retry)
    state = 'connecting'
    stir()
    const opened = open({
      opened: () => opened.send(`\n${encodeControl({ command: 'init', version: 1 })}`),
      message: (message) => {
        if (connection === opened) receive(message)
      },
      closed: () => {
        if (connection === opened) lost('disconnected')
      },
    })
    connection = opened
  }
  const channel = (channelOptions: ChannelOptions, events: ChannelEvents = {}) => {
    let id = `${state === 'ready' ? seed : pending}${nextChannel++}`
    if (state === 'disconnected' || state === 'ended') {
      const problem = state === 'ended' ? 'no-session' : 'disconnected'
      const dead = openChannel(id, channelOptions, events, () => {}, () => {})
      queueMicrotask(() => dead.end({ command: 'close', channel: id, problem }))
      return dead.channel
    }
    const live = openChannel(id, channelOptions, events, (message) => send(state === 'ready' ? withSeed(message, seed) : message), () => {
      channels.delete(id)
      channels.delete(seed + id.slice(pending.length))
    })
    if (!live.channel.closed) channels.set(id, live)
    return live.channel
  }
  const close = (problem: Problem): void => {
    if (state === 'ended') return
    clearTimeout(retry)
    state = 'ended'
    drop()
    endChannels(problem)
    ready.reject(new ProblemError(problem, 'The connection was closed.'))
    emit('ended', { problem })
  }

  const bridge: Bridge = {
    get state() {
      return state
    },
    ready: ready.promise,
    channel,
    http: (address) => openHttp(bridge, address),
    stream: (target) => openStream(bridge, target),
    spawn: (argv, spawnOptions) => runProgram(bridge, argv, spawnOptions),
    metrics: (request, events) => openMetrics(bridge, request, events),
    dbusInternal: openBus({ channel }),
    info: () => readInfo(bridge),
    on: (event, listener) => {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set.add(listener as (detail: never) => void))
      return () => set.delete(listener as (detail: never) => void)
    },
    reconnect: () => {
      if (state === 'disconnected') start()
    },
    logout: () => {
      connection?.send(`\n${encodeControl({ command: 'logout', disconnect: true })}`)
      close('terminated')
    },
    close: () => close('disconnected'),
  }
  start()
  return bridge
}

/** Stands for the seed of a channel that was opened before the server told it. */
const pending = '~'

/** Puts the server's seed in the place of {@link pending}. */
function withSeed(message: string | Uint8Array<ArrayBuffer>, seed: string): string | Uint8Array<ArrayBuffer> {
  if (typeof message === 'string') {
    return message.startsWith(pending) ? seed + message.slice(1) : message.startsWith('\n') ? message.replace(`"channel":"${pending}`, `"channel":"${seed}`) : message
  }
  if (message[0] !== pending.charCodeAt(0)) return message
  const head = encodeText(seed)
  const seeded = new Uint8Array(head.length + message.length - 1)
  seeded.set(head)
  seeded.set(message.subarray(1), head.length)
  return seeded
}

function parseGreeting(control: Control): Greeting {
  const { host, capabilities } = control
  const token = control['csrf-token']
  return {
    host: typeof host === 'string' ? host : 'localhost',
    capabilities: Array.isArray(capabilities) ? capabilities.map(String) : isObject(capabilities) ? Object.keys(capabilities) : [],
    ...(typeof token === 'string' ? { csrfToken: token } : {}),
  }
}
