import {
  type Control, encodeControl, isObject, type JsonObject, maxChannels, type Open, parseControl, parseOpen, type Problem, ProblemError, splitMessage,
} from '../protocol/index.ts'
import { payloads } from './channels/index.ts'
import { type LiveChannel, openChannel } from './live-channel.ts'
import { openLink } from './link.ts'
import { osRelease } from './os-release.ts'
import { type AgentUser, currentUser } from './user.ts'
import type { AgentServices, Endpoint, Payload } from './channel.ts'
import type { Readable, Writable } from 'node:stream'

/** How an agent is set up. */
export interface AgentOptions {
  /** Messages from the server. */
  input: Readable
  /** Messages to the server. May be the same socket as `input`. */
  output: Writable
  /** Payloads by name; the built-in ones unless given. */
  payloads?: Readonly<Record<string, Payload>>
  /** Unix socket paths that are answered in this process. */
  endpoints?: ReadonlyMap<string, Endpoint>
  /** The account; this process's unless given. */
  user?: AgentUser
  /** Names of the packages in this host's package folders, for the first message. */
  packages?: readonly string[]
}

/** A running agent. */
export interface Agent {
  /** Resolves when the connection is over and every channel has been told. It never rejects. */
  readonly closed: Promise<{ problem?: Problem; message?: string }>
  /** Closes all channels with `terminated`, so that their processes end, and the output. Idempotent. */
  close(): void
}

/**
 * Serves channels to a server on the other end of a byte stream, until that ends.
 *
 * Speaks the wire of cockpit-ws: a `--local-session` of it works with this agent.
 */
export function serveAgent(options: AgentOptions): Agent {
  const table = options.payloads ?? payloads
  const services: AgentServices = {
    endpoints: options.endpoints ?? new Map(),
    user: options.user ?? currentUser(),
    payloads: Object.keys(table),
  }
  const channels = new Map<string, LiveChannel>()
  const ending = Promise.withResolvers<{ problem?: Problem; message?: string }>()
  let ended = false
  let greeted = false

  const end = (error?: unknown): void => {
    if (ended) return
    const failure = error === undefined ? undefined : ProblemError.from(error)
    if (failure !== undefined) link.send('', encodeControl({ command: 'close', problem: failure.problem, message: failure.message }))
    ended = true
    for (const channel of [...channels.values()]) channel.closed('terminated')
    options.output.end()
    options.input.destroy()
    ending.resolve(failure === undefined ? {} : { problem: failure.problem, message: failure.message })
  }

  const open = (control: Control): void => {
    const message = parseOpen(control)
    if (channels.has(message.channel)) throw new ProblemError('protocol-error', `The channel "${message.channel}" is open already.`)
    const refusal = refuse(message, table, services, channels.size)
    if (refusal !== undefined) {
      link.send('', encodeControl({ command: 'close', channel: message.channel, problem: refusal.problem, message: refusal.message }))
      return
    }
    let gone = false
    const live = openChannel(message, table[message.payload]!, services, link, () => {
      gone = true
      channels.delete(message.channel)
    })
    // A payload that fails at once is gone before it could be listed.
    if (!gone) channels.set(message.channel, live)
  }

  const link = openLink(options.input, options.output, {
    ended: end,
    message: (message) => {
      const { channel, payload } = splitMessage(message)
      if (channel !== '') {
        if (!greeted) throw new ProblemError('protocol-error', 'Data arrived before "init".')
        // Data for a channel that is closed already may have been under way: not an error.
        channels.get(channel)?.data(payload)
        return
      }
      const control = parseControl(payload)
      if (control.command === 'init') {
        checkInit(control, greeted)
        greeted = true
        if (isObject(control['superuser'])) link.send('', encodeControl({ command: 'superuser-init-done' }))
        return
      }
      if (!greeted) throw new ProblemError('protocol-error', `"${control.command.slice(0, 40)}" arrived before "init".`)
      act(control)
    },
  })

  const act = (control: Control): void => {
    const channel = control.channel === undefined ? undefined : channels.get(control.channel)
    switch (control.command) {
      case 'open': return open(control)
      case 'close': return channel?.closed(typeof control['problem'] === 'string' ? control['problem'] : undefined)
      case 'done': return channel?.done()
      case 'kill': return kill(control, channels)
      case 'ping':
        if (control.channel === undefined) return link.send('', encodeControl({ ...control, command: 'pong' }))
    }
    channel?.control(control.command, rest(control))
  }

  link.send('', encodeControl(greeting(options.packages ?? [])))
  return { closed: ending.promise, close: () => end() }
}

function greeting(packages: readonly string[]): Control {
  return {
    command: 'init',
    version: 1,
    capabilities: { 'explicit-superuser': true },
    packages: Object.fromEntries(packages.map((name) => [name, null])),
    'os-release': osRelease(),
  }
}

function checkInit(control: Control, greeted: boolean): void {
  if (greeted) throw new ProblemError('protocol-error', 'A second "init" arrived.')
  if (control['version'] !== 1) throw new ProblemError('not-supported', 'The server speaks another version of the protocol than 1.')
}

function refuse(open: Open, table: Readonly<Record<string, Payload>>, services: AgentServices, count: number): ProblemError | undefined {
  if (!Object.hasOwn(table, open.payload)) return new ProblemError('not-supported', `This agent has no payload "${open.payload.slice(0, 60)}".`)
  if (open.host !== undefined && open.host !== null && open.host !== 'localhost' && open.host !== '') {
    return new ProblemError('not-supported', `This agent reaches no other host, such as "${open.host.slice(0, 60)}".`)
  }
  if (open.superuser === 'require' && services.user.uid !== 0) {
    return new ProblemError('access-denied', 'Administrative access is not active in this session.')
  }
  if (count >= maxChannels) return new ProblemError('too-large', `More than ${maxChannels} channels are open.`)
  return undefined
}

function kill(control: Control, channels: ReadonlyMap<string, LiveChannel>): void {
  const { group, host } = control
  if (typeof host === 'string' && host !== 'localhost') return
  for (const channel of [...channels.values()]) {
    if (typeof group === 'string' && channel.open.group !== group) continue
    channel.fail(new ProblemError('terminated', 'The channel was ended together with its group.'))
  }
}

function rest(control: Control): JsonObject {
  const { command: _command, channel: _channel, ...fields } = control
  return fields
}
