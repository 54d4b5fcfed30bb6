import { maxChannelName } from './limits.ts'
import { ProblemError } from './problem.ts'

/** One message: a channel's data, or a control message when `channel` is empty. */
export interface Message {
  channel: string
  payload: Uint8Array
}

const newline = 0x0a
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Splits the wire form `channel\npayload`. The payload is a view of `bytes`, not a copy.
 * @throws ProblemError `protocol-error` without a channel line, or with one that is too long or not printable ASCII.
 */
export function splitMessage(bytes: Uint8Array): Message {
  const end = bytes.subarray(0, maxChannelName + 1).indexOf(newline)
  if (end < 0) throw new ProblemError('protocol-error', `A message has no channel line of at most ${maxChannelName} bytes.`)
  for (let at = 0; at < end; at++) {
    const byte = bytes[at]!
    if (byte < 0x21 || byte > 0x7e)
      throw new ProblemError('protocol-error', 'A channel name holds a character that is not printable ASCII.')
  }
  return { channel: String.fromCharCode(...bytes.subarray(0, end)), payload: bytes.subarray(end + 1) }
}

/** The wire form `channel\npayload`. */
export function joinMessage(channel: string, payload: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const data = typeof payload === 'string' ? encoder.encode(payload) : payload
  const message = new Uint8Array(channel.length + 1 + data.length)
  encoder.encodeInto(channel, message)
  message[channel.length] = newline
  message.set(data, channel.length + 1)
  return message
}

/**
 * UTF-8 bytes as text.
 * @throws ProblemError `protocol-error` for anything that is not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new ProblemError('protocol-error', 'A text message is not valid UTF-8.', { cause })
  }
}

/** Text as UTF-8 bytes. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}
