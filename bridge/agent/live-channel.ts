import { encodeControl, type Json, type Open, type Problem, ProblemError } from '../protocol/index.ts'
import type { AgentServices, Channel, CloseFields, Handlers, Payload } from './channel.ts'
import { type ChannelWire, openChannelWire } from './channel-wire.ts'
import type { Link } from './link.ts'

/** Bytes that may be queued by a payload that ignores backpressure; beyond, the channel is closed. */
const maxQueued = 1024 * 1024

/** A channel of an agent: the payload's interface, and the dispatch of incoming messages. */
export class LiveChannel implements Channel {
  readonly open: Open
  readonly agent: AgentServices
  readonly #link: Link
  readonly #wire: ChannelWire
  readonly #abort = new AbortController()
  readonly #ended: () => void
  #handlers: Handlers = {}
  #closed = false
  #doneSent = false
  #doneSeen = false

  /** `ended` is called once it is closed, possibly within the constructor. */
  constructor(open: Open, payload: Payload, agent: AgentServices, link: Link, ended: () => void) {
    this.open = open
    this.agent = agent
    this.#link = link
    this.#ended = ended
    this.#wire = openChannelWire(open, link)
    this.#guarded(() => {
      this.#handlers = payload(this)
    })
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get closed(): boolean {
    return this.#closed
  }

  ready(fields: Record<string, Json> = {}): void {
    this.control('ready', fields)
  }

  send(data: Uint8Array | string): boolean {
    if (this.#closed || this.#doneSent) return true
    if (this.#wire.queued > maxQueued) {
      this.fail(new ProblemError('too-large', `More than ${maxQueued} bytes wait for a page that does not read.`))
      return true
    }
    return this.#wire.send(data)
  }

  drained(): Promise<void> {
    return this.#closed ? Promise.resolve() : this.#wire.drained()
  }

  control(command: string, fields: Record<string, Json>): void {
    if (!this.#closed) this.#link.send('', encodeControl({ command, channel: this.open.channel, ...fields }))
  }

  acknowledge(bytes: number): void {
    if (this.open['send-acks'] === 'bytes' && bytes > 0) this.control('ack', { bytes })
  }

  done(): void {
    if (this.#doneSent) return
    this.#wire.flush()
    this.control('done', {})
    this.#doneSent = true
  }

  close(fields: CloseFields = {}): void {
    // Data sent before a close without a problem must reach the page.
    if (!this.#closed && !this.#doneSent && fields.problem === undefined) this.#wire.flush()
    if (this.#finish()) this.#link.send('', encodeControl({ command: 'close', channel: this.open.channel, ...fields }))
  }

  /** Data arrived. */
  receive(data: Uint8Array): void {
    this.#guarded(() => {
      if (this.#doneSeen) throw new ProblemError('protocol-error', 'Data arrived after "done".')
      this.#handlers.data?.(data)
    })
  }

  /** "done" arrived. */
  receiveDone(): void {
    this.#guarded(() => {
      if (this.#doneSeen) throw new ProblemError('protocol-error', 'A second "done" arrived.')
      this.#doneSeen = true
      this.#handlers.done?.()
    })
  }

  /** Another control message arrived. */
  receiveControl(command: string, fields: Record<string, Json | undefined>): void {
    this.#guarded(() => {
      if (command === 'pong') this.#wire.acknowledge(fields['sequence'])
      else if (command === 'ping') this.control('pong', fields as Record<string, Json>)
      else this.#handlers.control?.(command, fields)
    })
  }

  /** The peer closed it, or the agent ends. */
  receiveClose(problem: Problem | undefined): void {
    if (this.#finish()) this.#handlers.closed?.(problem)
  }

  /** Closes it with the problem of an error. */
  fail(error: unknown): void {
    if (this.#closed) return
    const { problem, message } = ProblemError.from(error)
    this.close({ problem, message })
    this.#handlers.closed?.(problem)
  }

  #guarded(act: () => void): void {
    if (this.#closed) return
    try {
      act()
    } catch (error) {
      this.fail(error)
    }
  }

  #finish(): boolean {
    if (this.#closed) return false
    this.#closed = true
    this.#abort.abort()
    this.#wire.release()
    this.#ended()
    return true
  }
}
