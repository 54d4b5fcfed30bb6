import { isUtf8 } from 'node:buffer'
import { encodeControl, encodeText, FlowSender, type Open } from '../protocol/index.ts'
import type { Link } from './link.ts'

/** Turns a channel's data into messages: blocks, text that is valid UTF-8, flow control. */
export interface ChannelWire {
  /** False: wait for {@link ChannelWire.drained}. */
  send(data: Uint8Array | string): boolean
  /** Sends what a text still lacks to be whole. */
  flush(): void
  drained(): Promise<void>
  /** Takes the sequence of a pong. */
  acknowledge(sequence: unknown): void
  /** Frees it, and lets everyone go on who waits. */
  release(): void
}

/** Bytes a message carries at most on its way to the page. */
const block = 16 * 1024

/** The sending half of a channel. */
export function openChannelWire(open: Open, link: Link): ChannelWire {
  const flow = open['flow-control'] === true ? new FlowSender() : undefined
  const text = open.binary === 'raw' || open.binary === true ? undefined : textBlocks()
  const waiting = new Set<() => void>()
  const free = (): boolean => link.writable() && (flow?.open ?? true)
  const resumeAll = (): void => {
    for (const resume of waiting) resume()
    waiting.clear()
  }
  const wake = (): void => {
    if (free()) resumeAll()
  }
  const put = (data: Uint8Array): void => {
    if (data.length === 0) return
    link.send(open.channel, data)
    const sequence = flow?.sent(data.length)
    if (sequence !== undefined) link.send('', encodeControl({ command: 'ping', channel: open.channel, sequence }))
  }
  const stop = link.onDrain(wake)
  return {
    send: (data) => {
      const bytes = typeof data === 'string' ? encodeText(data) : data
      for (let at = 0; at < bytes.length; at += block) {
        const piece = bytes.subarray(at, at + block)
        put(text === undefined ? piece : text.next(piece))
      }
      return free()
    },
    flush: () => put(text?.last() ?? new Uint8Array()),
    drained: () => (free() ? Promise.resolve() : new Promise<void>((resume) => waiting.add(resume))),
    acknowledge: (sequence) => {
      flow?.acknowledge(sequence)
      wake()
    },
    release: () => {
      stop()
      resumeAll()
    },
  }
}

/** Each block of a text must be valid UTF-8 by itself: a character that a block's end cuts waits for its rest. */
function textBlocks() {
  const decoder = new TextDecoder()
  let partial = false
  return {
    next: (bytes: Uint8Array): Uint8Array => {
      if (!partial && isUtf8(bytes)) return bytes
      partial = true
      return encodeText(decoder.decode(bytes, { stream: true }))
    },
    last: (): Uint8Array => (partial ? encodeText(decoder.decode()) : new Uint8Array()),
  }
}
