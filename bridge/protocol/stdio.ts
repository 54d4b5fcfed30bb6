import { maxStdioMessage } from './limits.ts'
import { encodeText, joinMessage } from './message.ts'
import { allocateBytes } from './owned-bytes.ts'
import { ProblemError } from './problem.ts'

const newline = 0x0a

/** The form of a message on a byte stream: `<decimal length>\nchannel\npayload`. */
export function encodeStdio(channel: string, payload: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return frameStdio(joinMessage(channel, payload))
}

/** Puts the length line before a message that already has its channel line. */
export function frameStdio(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = `${message.length}\n`
  const frame = new Uint8Array(head.length + message.length)
  for (let at = 0; at < head.length; at++) frame[at] = head.charCodeAt(at)
  frame.set(message, head.length)
  return frame
}

/** What stands before the payload of a message on a byte stream; `size` is the payload's bytes. */
export function stdioHead(channel: string, size: number): Uint8Array<ArrayBuffer> {
  return encodeText(`${size + channel.length + 1}\n${channel}\n`)
}

/**
 * Cuts a byte stream into messages, in whatever pieces it arrives. It holds at most one incomplete message.
 *
 * After an error the reader is unusable: the stream is out of sync, and its connection must be closed.
 */
export class StdioReader {
  #message: Uint8Array | undefined
  #held = 0
  #wanted: number | undefined
  #head = ''
  readonly #limit: number

  constructor(limit: number = maxStdioMessage) {
    this.#limit = limit
  }

  /** Whether a message has begun and not ended. */
  get incomplete(): boolean {
    return this.#wanted !== undefined || this.#head !== ''
  }

  /**
   * The messages that `chunk` completes, channel line included: views of `chunk` if they lie in it whole, otherwise owned bytes.
   * @throws ProblemError `protocol-error` for a broken length line, `too-large` for a length beyond the limit.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let at = 0
    while (at < chunk.length) {
      if (this.#wanted === undefined) {
        at = this.#readHead(chunk, at)
        continue
      }
      const piece = chunk.subarray(at, at + this.#wanted - this.#held)
      at += piece.length
      const message = piece.length === this.#wanted ? piece : this.#add(piece, this.#wanted)
      if (message === undefined) return
      this.#message = undefined
      this.#held = 0
      this.#wanted = undefined
      yield message
    }
  }

  /** Adds a part of a message of `size` bytes. @returns the message if it is complete. */
  #add(piece: Uint8Array, size: number): Uint8Array | undefined {
    this.#message ??= allocateBytes(size)
    this.#message.set(piece, this.#held)
    this.#held += piece.length
    return this.#held === size ? this.#message : undefined
  }

  #readHead(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length) {
      const byte = chunk[at++]!
      if (byte === newline) {
        this.#wanted = this.#parseHead()
        return at
      }
      if (byte < 0x30 || byte > 0x39 || this.#head.length >= 10) {
        throw new ProblemError('protocol-error', 'A message begins with something that is not its length.')
      }
      this.#head += String.fromCharCode(byte)
    }
    return at
  }

  #parseHead(): number {
    const size = Number.parseInt(this.#head, 10)
    if (!(size > 0)) throw new ProblemError('protocol-error', 'A message has no length.')
    if (size > this.#limit)
      throw new ProblemError('too-large', `A message of ${size} bytes is larger than the ${this.#limit} bytes allowed.`)
    this.#head = ''
    return size
  }
}
