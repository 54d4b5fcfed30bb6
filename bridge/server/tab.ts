import {
  type Control, encodeControl, maxChannels, parseControl, parseOpen, type Problem, ProblemError, splitMessage,
} from '../protocol/index.ts'
import { type RawData, WebSocket } from 'ws'
import type { Times } from './options.ts'

/** Bytes that wait for a page before its agent is no longer read. */
const maxBuffered = 8 * 1024 * 1024

/** One page's websocket within a session. */
export interface Tab {
  /** Its channels' names begin with this: `1:`, `2:` … */
  readonly seed: string
  /** Passes data of one of its channels on, in the frame type of the channel. False: the page is behind. */
  data(channel: string, message: Uint8Array): boolean
  control(control: Control, message: Uint8Array): void
  /** The agent takes messages again. */
  drained(): void
  /** Tells the page why, and closes. Idempotent. */
  close(problem: Problem, message?: string): void
}

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

/** Serves one page: passes messages on, unread except for which channel they belong to. */
export function openTab(socket: WebSocket, seed: string, greeting: Control, times: Times, events: TabEvents): Tab {
  const channels = new Map<string, { binary: boolean }>()
  let greeted = false
  let open = true
  let heard = Date.now()
  let behind = false

  const send = (control: Control): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(`\n${encodeControl(control)}`)
  }
  const close = (problem: Problem, message?: string): void => {
    if (!open) return
    send({ command: 'close', problem, message })
    socket.close(1000)
    gone(true)
    setTimeout(() => socket.terminate(), 2000).unref()
  }
  const gone = (left: boolean): void => {
    if (!open) return
    open = false
    clearInterval(beat)
    for (const channel of channels.keys()) events.send({ command: 'close', channel, problem: 'disconnected' })
    channels.clear()
    events.gone(left)
  }
  const beat = setInterval(() => {
    if (Date.now() - heard > times.silence) {
      socket.terminate()
      gone(false)
      return
    }
    socket.ping()
    send({ command: 'ping' })
  }, times.ping)

  const control = (message: Control, raw: Uint8Array): void => {
    if (message.command === 'init') {
      if (greeted || message['version'] !== 1) throw new ProblemError('protocol-error', 'The page sent a wrong "init".')
      greeted = true
      return
    }
    if (!greeted) throw new ProblemError('protocol-error', 'The page did not begin with "init".')
    if (message.channel === undefined) {
      if (message.command === 'ping') return send({ ...message, command: 'pong' })
      if (message.command === 'logout') return events.logout()
      // The other messages without a channel (pong, hint, authorize) concern nobody behind the server.
      if (message.command === 'kill') pass(raw)
      return
    }
    checkSeed(message.channel)
    if (message.command === 'open') {
      const { binary } = parseOpen(message)
      if (channels.has(message.channel)) throw new ProblemError('protocol-error', 'The page opened a channel twice.')
      if (channels.size >= maxChannels) throw new ProblemError('too-large', `The page opened more than ${maxChannels} channels.`)
      channels.set(message.channel, { binary: binary === 'raw' || binary === true })
    } else if (!channels.has(message.channel)) return
    if (message.command === 'close') channels.delete(message.channel)
    pass(raw)
  }
  const pass = (message: Uint8Array): void => {
    if (!events.forward(message)) socket.pause()
  }
  const checkSeed = (channel: string): void => {
    if (!channel.startsWith(seed)) throw new ProblemError('protocol-error', 'The page named a channel that is not its own.')
  }
  socket.on('message', (raw: RawData) => {
    heard = Date.now()
    if (!open) return
    const message = raw as Buffer
    try {
      const { channel, payload } = splitMessage(message)
      if (channel === '') return control(parseControl(payload), message)
      if (!greeted) throw new ProblemError('protocol-error', 'The page did not begin with "init".')
      checkSeed(channel)
      // Data for a channel that has just been closed may still have been under way.
      if (channels.has(channel)) pass(message)
    } catch (error) {
      const failure = ProblemError.from(error)
      close(failure.problem, failure.message)
    }
  })
  socket.on('pong', () => (heard = Date.now()))
  socket.on('close', (code) => gone(code === 1000 || code === 1001))
  socket.on('error', () => socket.terminate())
  send(greeting)

  const sent = (): void => {
    if (!behind || socket.bufferedAmount > maxBuffered / 2) return
    behind = false
    events.caughtUp()
  }
  return {
    seed,
    close,
    drained: () => socket.resume(),
    data: (channel, message) => {
      const known = channels.get(channel)
      if (known === undefined || socket.readyState !== WebSocket.OPEN) return true
      socket.send(message, { binary: known.binary }, sent)
      behind ||= socket.bufferedAmount > maxBuffered
      return !behind
    },
    control: (message, raw) => {
      if (message.channel === undefined || !channels.has(message.channel) || socket.readyState !== WebSocket.OPEN) return
      if (message.command === 'close') channels.delete(message.channel)
      socket.send(raw, { binary: false })
    },
  }
}
