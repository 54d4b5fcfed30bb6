import { encodeText, type Problem } from '../../protocol/index.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channel.ts'
import { LiveChannel, type Send } from './live-channel.ts'

/** Placeholder in a channel's name until the server has sent its seed. */
const pending = '~'

/** The channels of one connection after another. */
export interface ChannelTable {
  /** Opens a channel now, or as soon as {@link ChannelTable.begin} is called. */
  open(options: ChannelOptions, events: ChannelEvents): Channel
  /** A channel without a connection: it closes with `problem` immediately. */
  openClosed(options: ChannelOptions, events: ChannelEvents, problem: Problem): Channel
  /** The channel that a message is for. */
  find(id: string): LiveChannel | undefined
  /** The server has sent its seed: sends queued messages. */
  begin(seed: string): void
  /** The connection is lost: closes every channel with `problem`. */
  end(problem: Problem): void
}

/** An empty table; `send` puts messages on the wire. */
export function createChannelTable(send: Send): ChannelTable {
  const channels = new Map<string, LiveChannel>()
  let queued: Parameters<Send>[0][] = []
  let seed: string | undefined
  let next = 1
  const sendOrQueue: Send = (message) => {
    if (seed === undefined) queued.push(message)
    else send(withSeed(message, seed))
  }
  return {
    find: (id) => channels.get(id),
    open: (options, events) => {
      const number = next++
      const channel: LiveChannel = new LiveChannel(`${seed ?? pending}${number}`, options, events, sendOrQueue, () => {
        for (const [id, each] of channels) if (each === channel) channels.delete(id)
      })
      channels.set(channel.id, channel)
      return channel
    },
    openClosed: (options, events, problem) => {
      const dead = new LiveChannel(
        `${pending}${next++}`,
        options,
        events,
        () => {},
        () => {},
      )
      queueMicrotask(() => dead.end({ command: 'close', channel: dead.id, problem }))
      return dead
    },
    begin: (newSeed) => {
      seed = newSeed
      for (const [id, channel] of [...channels]) {
        channels.delete(id)
        channels.set(newSeed + id.slice(pending.length), channel)
      }
      const waiting = queued
      queued = []
      for (const message of waiting) sendOrQueue(message)
    },
    end: (problem) => {
      seed = undefined
      queued = []
      for (const [id, channel] of [...channels]) channel.end({ command: 'close', channel: id, problem })
      channels.clear()
    },
  }
}

/** Replaces {@link pending} by the server's seed. */
function withSeed(message: string | Uint8Array<ArrayBuffer>, seed: string): string | Uint8Array<ArrayBuffer> {
  if (typeof message === 'string') {
    if (message.startsWith('\n')) return message.replace(`"channel":"${pending}`, `"channel":"${seed}`)
    return message.startsWith(pending) ? seed + message.slice(pending.length) : message
  }
  if (message[0] !== pending.charCodeAt(0)) return message
  const head = encodeText(seed)
  const seeded = new Uint8Array(head.length + message.length - 1)
  seeded.set(head)
  seeded.set(message.subarray(1), head.length)
  return seeded
}
