import { encodeText, type Problem } from '../protocol/index.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channel.ts'
import { LiveChannel, type Send } from './live-channel.ts'

/** Stands in a channel's name for the seed that the server has not told yet. */
const pending = '~'

/** The channels of one connection after another. */
export interface ChannelTable {
  /** Opens a channel now, or as soon as {@link ChannelTable.begin} is called. */
  open(options: ChannelOptions, events: ChannelEvents): Channel
  /** A channel for a connection that is not there: it closes with `problem` right after. */
  openDead(options: ChannelOptions, events: ChannelEvents, problem: Problem): Channel
  /** The channel that a message is for. */
  find(id: string): LiveChannel | undefined
  /** The server has told its seed: sends what waited. */
  begin(seed: string): void
  /** The connection is gone: closes every channel with `problem`. */
  end(problem: Problem): void
}

/** An empty table; `send` puts messages on the wire. */
export function createChannelTable(send: Send): ChannelTable {
  const channels = new Map<string, LiveChannel>()
  let early: Parameters<Send>[0][] = []
  let seed: string | undefined
  let next = 1
  const put: Send = (message) => {
    if (seed === undefined) early.push(message)
    else send(withSeed(message, seed))
  }
  return {
    find: (id) => channels.get(id),
    open: (options, events) => {
      const number = next++
      const channel: LiveChannel = new LiveChannel(`${seed ?? pending}${number}`, options, events, put, () => {
        for (const [id, each] of channels) if (each === channel) channels.delete(id)
      })
      channels.set(channel.id, channel)
      return channel
    },
    openDead: (options, events, problem) => {
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
    begin: (told) => {
      seed = told
      for (const [id, channel] of [...channels]) {
        channels.delete(id)
        channels.set(told + id.slice(pending.length), channel)
      }
      const waiting = early
      early = []
      for (const message of waiting) put(message)
    },
    end: (problem) => {
      seed = undefined
      early = []
      for (const [id, channel] of [...channels]) channel.end({ command: 'close', channel: id, problem })
      channels.clear()
    },
  }
}

/** Puts the server's seed in the place of {@link pending}. */
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
