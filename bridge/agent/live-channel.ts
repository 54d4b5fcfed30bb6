import {
  encodeControl, encodeText, FlowSender, type Json, type Open, type Problem, ProblemError,
} from '../protocol/index.ts'
import { isUtf8 } from 'node:buffer'
import type { AgentServices, Channel, CloseFields, Handlers, Payload } from './channel.ts'
import type { Link } from './link.ts'

/** A channel as the agent sees it: what arrives for it, and how it ends. */
export interface LiveChannel {
  readonly open: Open
  data(data: Uint8Array): void
  done(): void
  control(command: string, fields: Record<string, Json | undefined>): void
  /** The peer closed it, or the agent ends. */
  closed(problem: Problem | undefined): void
  /** The peer broke a rule: closes the channel with its problem. */
  fail(error: unknown): void
}

/** Opens a channel: what its payload throws at once, or later, closes it. `ended` is called once it is closed. */
export function openChannel(open: Open, payload: Payload, agent: AgentServices, link: Link, ended: () => void): LiveChannel {
  const abort = new AbortController()
  const wire = channelWire(open, link)
  const state = { closed: false, doneSent: false, doneSeen: false }
  let handlers: Handlers = {}

  const finish = (): boolean => {
    if (state.closed) return false
    state.closed = true
    abort.abort()
    wire.release()
    ended()
    return true
  }
  const close = (fields: CloseFields = {}): void => {
    if (finish()) link.send('', encodeControl({ command: 'close', channel: open.channel, ...fields }))
  }
  const channel: Channel = {
    open,
    agent,
    signal: abort.signal,
    ready: (fields = {}) => channel.control('ready', fields),
    send: (data) => state.closed || state.doneSent || wire.send(data),
    drained: () => (state.closed ? Promise.resolve() : wire.drained()),
    control: (command, fields) => {
      if (!state.closed) link.send('', encodeControl({ command, channel: open.channel, ...fields }))
    },
    acknowledge: (bytes) => {
      if (open['send-acks'] === 'bytes' && bytes > 0) channel.control('ack', { bytes })
    },
    done: () => {
      if (state.doneSent) return
      wire.flush()
      channel.control('done', {})
      state.doneSent = true
    },
    close,
  }
  const fail = (error: unknown): void => {
    const { problem, message } = ProblemError.from(error)
    const release = handlers.closed
    close({ problem, message })
    release?.(problem)
  }
  const guarded = (act: () => void): void => {
    if (state.closed) return
    try {
      act()
    } catch (error) {
      fail(error)
    }
  }
  guarded(() => {
    handlers = payload(channel)
  })

  return {
    open,
    fail,
    data: (data) => guarded(() => {
      if (state.doneSeen) throw new ProblemError('protocol-error', 'Data arrived after "done".')
      handlers.data?.(data)
    }),
    done: () => guarded(() => {
      if (state.doneSeen) throw new ProblemError('protocol-error', 'A second "done" arrived.')
      state.doneSeen = true
      handlers.done?.()
    }),
    control: (command, fields) => guarded(() => {
      if (command === 'pong') wire.acknowledge(fields['sequence'])
      else if (command === 'ping') channel.control('pong', fields as Record<string, Json>)
      else handlers.control?.(command, fields)
    }),
    closed: (problem) => {
      if (finish()) handlers.closed?.(problem)
    },
  }
}

/** Bytes to messages: blocks, text that is valid UTF-8, flow control. */
function channelWire(open: Open, link: Link) {
  const flow = open['flow-control'] === true ? new FlowSender() : undefined
  const decoder = open.binary === 'raw' || open.binary === true ? undefined : new TextDecoder()
  const waiting = new Set<() => void>()
  let partial = false

  const free = (): boolean => link.writable() && (flow?.open ?? true)
  const wake = (): void => {
    if (!free()) return
    for (const resume of waiting) resume()
    waiting.clear()
  }
  const put = (data: Uint8Array): boolean => {
    for (let at = 0; at < data.length; at += block) {
      const piece = data.subarray(at, at + block)
      link.send(open.channel, piece)
      const sequence = flow?.sent(piece.length)
      if (sequence !== undefined) link.send('', encodeControl({ command: 'ping', channel: open.channel, sequence }))
    }
    return free()
  }
  const asText = (bytes: Uint8Array, last: boolean): Uint8Array => {
    if (decoder === undefined) return bytes
    if (!partial && (bytes.length <= block || last) && isUtf8(bytes)) return bytes
    partial = !last
    return encodeText(decoder.decode(bytes, { stream: !last }))
  }
  const stop = link.onDrain(wake)

  return {
    send: (data: Uint8Array | string): boolean => {
      if (typeof data === 'string' || decoder === undefined) return put(typeof data === 'string' ? encodeText(data) : data)
      // A text message must be valid UTF-8 by itself, so a character must not be cut by a block's end either.
      let free = true
      for (let at = 0; at < data.length; at += block) free = put(asText(data.subarray(at, at + block), false))
      return free
    },
    flush: (): void => {
      if (partial) put(asText(new Uint8Array(), true))
    },
    drained: (): Promise<void> => (free() ? Promise.resolve() : new Promise<void>((resume) => waiting.add(resume))),
    acknowledge: (sequence: unknown): void => {
      flow?.acknowledge(sequence)
      wake()
    },
    release: (): void => {
      stop()
      for (const resume of waiting) resume()
      waiting.clear()
    },
  }
}

/** Bytes a message carries at most on its way to the page. */
const block = 16 * 1024
