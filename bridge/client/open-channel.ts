import { clientChunk, type Close, type Control, encodeControl, joinMessage, type Problem } from '../protocol/index.ts'
import type { Channel, ChannelEvents, ChannelOptions } from './channel.ts'

/** Bytes under way beyond which {@link Channel.writable} waits. */
const uploadWindow = 1024 * 1024

/** A channel as the bridge sees it. */
export interface LiveChannel {
  readonly channel: Channel
  readonly binary: boolean
  data(data: string | Uint8Array): void
  control(control: Control): void
  /** Ends it on this side only. */
  end(close: Close): void
}

/** Puts a channel on the wire. `forget` is called once it is over. */
export function openChannel(
  id: string,
  options: ChannelOptions,
  events: ChannelEvents,
  send: (message: string | Uint8Array<ArrayBuffer>) => void,
  forget: () => void,
): LiveChannel {
  const binary = options.binary === 'raw'
  const waiting = new Set<() => void>()
  let unacknowledged = 0
  let done = false
  let closed = false
  const control = (command: string, fields: object): void => {
    if (!closed) send(`\n${encodeControl({ command, channel: id, ...fields } as Control)}`)
  }
  const wake = (): void => {
    if (!closed && unacknowledged >= uploadWindow) return
    for (const resume of waiting) resume()
    waiting.clear()
  }
  const end = (close: Close): void => {
    if (closed) return
    closed = true
    forget()
    wake()
    events.close?.(close)
  }
  const channel: Channel = {
    id,
    get closed() {
      return closed
    },
    send: (data) => {
      if (closed || done) return
      for (const piece of pieces(data)) {
        unacknowledged += piece.length
        send(binary ? joinMessage(id, piece) : `${id}\n${typeof piece === 'string' ? piece : new TextDecoder().decode(piece)}`)
      }
    },
    writable: () => (closed || unacknowledged < uploadWindow ? Promise.resolve() : new Promise((resume) => waiting.add(resume))),
    done: () => {
      if (done) return
      control('done', {})
      done = true
    },
    control,
    close: (problem?: Problem) => {
      const fields = problem === undefined ? {} : { problem }
      control('close', fields)
      end({ command: 'close', channel: id, ...fields })
    },
  }
  control('open', { 'flow-control': true, ...options })
  return {
    channel,
    binary,
    end,
    data: (data) => {
      if (!closed) events.data?.(data)
    },
    control: (message) => {
      if (closed) return
      switch (message.command) {
        case 'close': return end(message as Close)
        case 'ready': return events.ready?.(message)
        case 'done': return events.done?.()
        case 'ping': {
          const answer = () => control('pong', { ...message, command: 'pong' })
          return events.ping === undefined ? answer() : events.ping(answer)
        }
        case 'ack':
          if (typeof message['bytes'] === 'number') unacknowledged = Math.max(0, unacknowledged - message['bytes'])
          return wake()
        default: return events.control?.(message)
      }
    },
  }
}

/** Cuts data so that each piece fits in a message, and no character of a text is torn. */
function* pieces(data: string | Uint8Array): Generator<string | Uint8Array> {
  if (typeof data !== 'string') {
    for (let at = 0; at < data.length; at += clientChunk) yield data.subarray(at, at + clientChunk)
    return
  }
  // A UTF-16 unit takes up to three bytes.
  const size = Math.floor(clientChunk / 3)
  for (let at = 0; at < data.length; ) {
    let end = Math.min(at + size, data.length)
    const last = data.charCodeAt(end - 1)
    if (end < data.length && last >= 0xd800 && last <= 0xdbff) end--
    yield data.slice(at, end)
    at = end
  }
}
