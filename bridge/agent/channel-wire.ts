import { isUtf8 } from 'node:buffer'
import { encodeControl, encodeText, FlowSender, type Open } from '../protocol/index.ts'
import type { Link } from './link.ts'

/** Frames a channel's data: blocks, valid UTF-8 for text, flow control. */
export interface ChannelWire {
  /** False: wait for {@link ChannelWire.drained}. */
  send(data: Uint8Array | string): boolean
  /** Bytes that are queued for the page. */
  readonly queued: number
  /** Sends queued data, and the rest of an incomplete character. */
  flush(): void
  drained(): Promise<void>
  /** Takes the sequence of a pong. */
  acknowledge(sequence: unknown): void
  /** Releases it, and resolves all pending {@link ChannelWire.drained}. */
  release(): void
}

/** Maximum payload of a message to the page, in bytes. */
const block = 16 * 1024

/** The sending half of a channel. Data that may not be sent yet is queued. */
export function openChannelWire(open: Open, link: Link): ChannelWire {
  const flow = open['flow-control'] === true ? new FlowSender(open['flow-window']) : undefined
  const text = open.binary === 'raw' || open.binary === true ? undefined : textBlocks()
  const waiting = new Set<() => void>()
  const mayPut = (): boolean => link.writable() && (flow?.open ?? true)
  const free = (): boolean => queue.size === 0 && mayPut()
  const resumeAll = (): void => {
    for (const resume of waiting) resume()
    waiting.clear()
  }
  const put = (data: Uint8Array): void => {
    link.send(open.channel, data)
    const sequence = flow?.sent(data.length)
    if (sequence !== undefined) link.send('', encodeControl({ command: 'ping', channel: open.channel, sequence }))
  }
  const queue = openBlockQueue(put)
  const wake = (): void => {
    queue.send(mayPut)
    if (free()) resumeAll()
  }
  const take = (data: Uint8Array): void => {
    if (data.length === 0) return
    if (free()) put(data)
    else queue.add(data)
  }
  const stop = link.onDrain(wake)
  return {
    send: (data) => {
      for (const piece of blocksOf(data)) take(text === undefined ? piece : text.next(piece))
      return free()
    },
    get queued() {
      return queue.size
    },
    flush: () => {
      take(text?.last() ?? new Uint8Array())
      queue.send(() => true)
    },
    drained: () => (free() ? Promise.resolve() : new Promise<void>((resume) => waiting.add(resume))),
    acknowledge: (sequence) => {
      flow?.acknowledge(sequence)
      wake()
    },
    release: () => {
      stop()
      queue.clear()
      resumeAll()
    },
  }
}

function* blocksOf(data: Uint8Array | string): Generator<Uint8Array> {
  const bytes = typeof data === 'string' ? encodeText(data) : data
  for (let at = 0; at < bytes.length; at += block) yield bytes.subarray(at, at + block)
}

/** A queue of blocks. `size` is in bytes. */
function openBlockQueue(put: (data: Uint8Array) => void) {
  const blocks: Uint8Array[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    add: (data: Uint8Array): void => {
      blocks.push(data)
      size += data.length
    },
    /** Sends blocks while `may` returns true. */
    send: (may: () => boolean): void => {
      let count = 0
      while (count < blocks.length && may()) {
        const data = blocks[count++]!
        size -= data.length
        put(data)
      }
      blocks.splice(0, count)
    },
    clear: (): void => {
      blocks.length = 0
      size = 0
    },
  }
}

/** Each block of a text must be valid UTF-8: a character cut by the end of a block is held until it is complete. */
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
