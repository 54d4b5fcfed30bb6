import type { Readable, Writable } from 'node:stream'
import {
  type Control,
  encodeControl,
  isObject,
  type JsonObject,
  maxChannels,
  type Open,
  parseControl,
  parseOpen,
  type Problem,
  ProblemError,
  splitMessage,
} from '../protocol/index.ts'
import type { AgentServices, Endpoint, Payload } from './channel.ts'
import { payloads } from './channels/index.ts'
import { type Link, openLink } from './link.ts'
import { LiveChannel } from './live-channel.ts'
import { osRelease } from './os-release.ts'
import { listPackages } from './packages.ts'
import { type AgentUser, currentUser } from './user.ts'

/** How an agent is set up. */
export interface AgentOptions {
  /** Messages from the server. */
  input: Readable
  /** Messages to the server. May be the same socket as `input`. */
  output: Writable
  /** Payloads by name; the built-in ones unless given. */
  payloads?: Readonly<Record<string, Payload>>
  /** Unix socket paths that are served in this process. */
  endpoints?: ReadonlyMap<string, Endpoint>
  /** The account; this process's unless given. */
  user?: AgentUser
  /** Folders with Cockpit packages, for a server that asks its agent for pages (cockpit-ws does). */
  packages?: readonly string[]
}

/** A running agent. */
export interface Agent {
  /** Resolves when the connection has ended and all channels are closed. Never rejects. */
  readonly closed: Promise<AgentEnd>
  /** Closes all channels with `terminated`, so that their processes end, and the output. Idempotent. */
  close(): void
}

/** Why an agent's connection ended; without a problem the server ended it. */
export interface AgentEnd {
  problem?: Problem
  message?: string
}

/**
 * Serves channels to a server on the other end of a byte stream, until that ends.
 *
 * Speaks the protocol of cockpit-ws: its `--local-session` works with this agent.
 */
export function serveAgent(options: AgentOptions): Agent {
  return new AgentConnection(options)
}

class AgentConnection implements Agent {
  readonly closed: Promise<AgentEnd>
  readonly #options: AgentOptions
  readonly #table: Readonly<Record<string, Payload>>
  readonly #services: AgentServices
  readonly #channels = new Map<string, LiveChannel>()
  readonly #ending = Promise.withResolvers<AgentEnd>()
  readonly #link: Link
  #ended = false
  #initialized = false

  constructor(options: AgentOptions) {
    this.#options = options
    this.#table = options.payloads ?? payloads
    this.#services = {
      endpoints: options.endpoints ?? new Map(),
      user: options.user ?? currentUser(),
      payloads: Object.keys(this.#table),
      packages: options.packages ?? [],
    }
    this.closed = this.#ending.promise
    this.#link = openLink(options.input, options.output, {
      ended: (error) => this.#end(error),
      message: (message) => this.#receive(message),
    })
    this.#link.send('', encodeControl(initMessage(this.#services.packages)))
  }

  close(): void {
    this.#end()
  }

  #end(error?: unknown): void {
    if (this.#ended) return
    const failure = error === undefined ? undefined : ProblemError.from(error)
    if (failure !== undefined) {
      this.#link.send('', encodeControl({ command: 'close', problem: failure.problem, message: failure.message }))
    }
    this.#ended = true
    for (const channel of this.#channels.values()) channel.receiveClose('terminated')
    const { input } = this.#options
    // Often the same socket: the last messages must still be sent.
    this.#link.end(() => input.destroy())
    this.#ending.resolve(failure === undefined ? {} : { problem: failure.problem, message: failure.message })
  }

  #receive(message: Uint8Array): void {
    const { channel, payload } = splitMessage(message)
    const control = channel === '' ? parseControl(payload) : undefined
    if (control?.command === 'init') return this.#initialize(control)
    if (!this.#initialized) throw new ProblemError('protocol-error', 'The server did not begin with "init".')
    // Data for a channel that has just been closed may still arrive.
    if (control === undefined) this.#channels.get(channel)?.receive(payload)
    else this.#act(control)
  }

  #initialize(control: Control): void {
    if (this.#initialized) throw new ProblemError('protocol-error', 'A second "init" arrived.')
    if (control['version'] !== 1)
      throw new ProblemError('not-supported', 'The server speaks another version of the protocol than 1.')
    this.#initialized = true
    if (isObject(control['superuser'])) this.#link.send('', encodeControl({ command: 'superuser-init-done' }))
  }

  #act(control: Control): void {
    const channel = control.channel === undefined ? undefined : this.#channels.get(control.channel)
    switch (control.command) {
      case 'open':
        return this.#open(parseOpen(control))
      case 'close':
        return channel?.receiveClose(typeof control['problem'] === 'string' ? control['problem'] : undefined)
      case 'done':
        return channel?.receiveDone()
      case 'kill':
        return this.#kill(control)
      case 'ping':
        if (control.channel === undefined) return this.#link.send('', encodeControl({ ...control, command: 'pong' }))
    }
    channel?.receiveControl(control.command, ownFields(control))
  }

  #open(open: Open): void {
    if (this.#channels.has(open.channel))
      throw new ProblemError('protocol-error', `The channel "${open.channel}" is open already.`)
    const refusal = this.#refusal(open)
    if (refusal !== undefined) {
      const { problem, message } = refusal
      return this.#link.send('', encodeControl({ command: 'close', channel: open.channel, problem, message }))
    }
    const channel = new LiveChannel(open, this.#table[open.payload]!, this.#services, this.#link, () =>
      this.#channels.delete(open.channel),
    )
    // A payload may fail within the constructor.
    if (!channel.closed) this.#channels.set(open.channel, channel)
  }

  #refusal({ payload, host, superuser }: Open): ProblemError | undefined {
    if (!Object.hasOwn(this.#table, payload))
      return new ProblemError('not-supported', `This agent has no payload "${payload.slice(0, 60)}".`)
    if (host !== undefined && host !== null && host !== 'localhost' && host !== '') {
      return new ProblemError('not-supported', `This agent reaches no other host, such as "${host.slice(0, 60)}".`)
    }
    if (superuser === 'require' && this.#services.user.uid !== 0) {
      return new ProblemError('access-denied', 'Administrative access is not active in this session.')
    }
    if (this.#channels.size >= maxChannels) return new ProblemError('too-large', `More than ${maxChannels} channels are open.`)
    return undefined
  }

  #kill({ group, host }: Control): void {
    if (typeof host === 'string' && host !== 'localhost') return
    for (const channel of this.#channels.values()) {
      if (typeof group === 'string' && channel.open.group !== group) continue
      channel.fail(new ProblemError('terminated', 'The channel was ended together with its group.'))
    }
  }
}

function initMessage(folders: readonly string[]): Control {
  const packages = Object.fromEntries(listPackages(folders).map(({ name }) => [name, null]))
  return { command: 'init', version: 1, capabilities: { 'explicit-superuser': true }, packages, 'os-release': osRelease() }
}

/** The fields besides those every control message has. */
function ownFields(control: Control): JsonObject {
  const { command: _command, channel: _channel, ...fields } = control
  return fields
}
