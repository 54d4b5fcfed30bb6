import { Duplex } from 'node:stream'
import { EngineError } from '../errors/index.ts'
import { createFrameReader, encodeCredit, encodeFrame, type Frame, frameKinds, maxPayload } from './mux-frame.ts'

/** Many connections over one. */
export interface Mux {
  /** A new connection to the other side. @throws EngineError `EngineUnreachable` once the carrier is gone. */
  open(): Duplex
  /** Tells the other side that this one serves. */
  greet(): void
  /** Resolves when the other side serves. Never, where it ends before. */
  readonly hello: Promise<void>
  /** Resolves when the carrier is gone; every connection has been destroyed then. Never rejects. */
  readonly closed: Promise<void>
  /** Ends the carrier and all connections. Idempotent. */
  close(): void
}

export interface MuxOptions {
  /** The side that makes odd numbers; the other makes even ones. */
  odd: boolean
  /** Takes connections that the other side opens; without it they are refused. */
  accept?: (connection: Duplex) => void
}

/** Bytes of one connection that may be under way unread, in each direction. */
const window = 256 * 1024

/** Connections at a time. */
const maxStreams = 4096

/** Speaks over `carrier`, a byte stream between two processes of ours, which it takes over. */
export function openMux(carrier: Duplex, options: MuxOptions): Mux {
  return new CarrierMux(carrier, options)
}

class CarrierMux implements Mux {
  readonly closed: Promise<void>
  readonly hello: Promise<void>
  readonly #carrier: Duplex
  readonly #options: MuxOptions
  readonly #streams = new Map<number, MuxStream>()
  readonly #ending = Promise.withResolvers<void>()
  readonly #greeting = Promise.withResolvers<void>()
  #next: number
  #over = false

  constructor(carrier: Duplex, options: MuxOptions) {
    this.closed = this.#ending.promise
    this.hello = this.#greeting.promise
    this.#carrier = carrier
    this.#options = options
    this.#next = options.odd ? 1 : 2
    const read = createFrameReader()
    carrier.on('data', (chunk: Buffer) => this.#receiveAll(read(chunk)))
    carrier.on('drain', () => {
      for (const stream of this.#streams.values()) stream.resumeSending()
    })
    for (const event of ['end', 'close', 'error']) carrier.once(event, () => this.close())
  }

  open(): Duplex {
    if (this.#over || this.#carrier.destroyed) throw new EngineError('EngineUnreachable', ended)
    if (this.#streams.size >= maxStreams) {
      throw new EngineError('EngineUnreachable', `More than ${maxStreams} connections to the engine are open; close some.`)
    }
    const id = this.#next
    this.#next = (this.#next + 2) % 0xfffffffe
    const stream = this.#begin(id)
    this.#carrier.write(encodeFrame(id, frameKinds.open))
    return stream
  }

  greet(): void {
    this.#carrier.write(encodeFrame(0, frameKinds.open))
  }

  close(error = new EngineError('EngineUnreachable', ended)): void {
    if (this.#over) return
    this.#over = true
    for (const stream of this.#streams.values()) stream.destroy(error)
    this.#carrier.destroy()
    this.#ending.resolve()
  }

  #begin(id: number): MuxStream {
    const stream = new MuxStream(
      id,
      (frame) => this.#over || this.#carrier.write(frame),
      () => this.#streams.delete(id),
    )
    this.#streams.set(id, stream)
    return stream
  }

  #receiveAll(frames: Iterable<Frame>): void {
    if (this.#over) return
    try {
      for (const frame of frames) this.#receive(frame)
    } catch (error) {
      this.close(EngineError.from(error))
    }
  }

  #receive({ stream: id, kind, payload }: Frame): void {
    if (id === 0) return this.#greeting.resolve()
    if (kind !== frameKinds.open) return this.#streams.get(id)?.receive(kind, payload)
    const { odd, accept } = this.#options
    const theirs = (id % 2 === 1) !== odd
    if (!theirs || this.#streams.has(id))
      throw new EngineError('Internal', 'The other side opened a connection under a number that is not its own.')
    if (accept === undefined || this.#streams.size >= maxStreams) this.#carrier.write(encodeFrame(id, frameKinds.reset))
    else accept(this.#begin(id))
  }
}

const ended = 'The engine’s process has ended; try again.'

/** One connection. Ends like a socket: each direction by itself. */
class MuxStream extends Duplex {
  readonly #id: number
  readonly #send: (frame: Buffer) => boolean
  readonly #forget: () => void
  #credit = window
  #owed = 0
  #paused = false
  #pending: { chunk: Buffer; callback: () => void } | undefined
  #peerReset = false

  constructor(id: number, send: (frame: Buffer) => boolean, forget: () => void) {
    super({ allowHalfOpen: true })
    this.#id = id
    this.#send = send
    this.#forget = forget
    // A reset is normal here, as it is for a socket; whoever cares listens too.
    this.on('error', () => {})
  }

  /** Takes a frame of the other side. */
  receive(kind: number, payload: Buffer): void {
    switch (kind) {
      case frameKinds.data:
        // A copy: the frame is a view of a chunk that would be kept as a whole.
        this.#paused = !this.push(Buffer.from(payload))
        this.#owed += payload.length
        if (!this.#paused) this.#giveCredit()
        return
      case frameKinds.end:
        this.push(null)
        return
      case frameKinds.credit:
        this.#credit += payload.readUInt32BE(0)
        return this.resumeSending()
      case frameKinds.reset:
        this.#peerReset = true
        this.destroy(new EngineError('EngineUnreachable', payload.toString('utf8') || 'The other side closed the connection.'))
    }
  }

  /** Goes on with what waits for credit, or for the carrier. */
  resumeSending(): void {
    const { chunk, callback } = this.#pending ?? {}
    if (chunk === undefined || callback === undefined) return
    this.#pending = undefined
    this.#sendChunk(chunk, callback)
  }

  override _read(): void {
    this.#paused = false
    this.#giveCredit()
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.#sendChunk(chunk, callback)
  }

  override _final(callback: () => void): void {
    this.#send(encodeFrame(this.#id, frameKinds.end))
    callback()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const clean = error === null && this.readableEnded && this.writableFinished
    if (!clean && !this.#peerReset)
      this.#send(encodeFrame(this.#id, frameKinds.reset, Buffer.from((error?.message ?? '').slice(0, 1000))))
    this.#forget()
    this.#pending?.callback()
    this.#pending = undefined
    callback(error)
  }

  #sendChunk(chunk: Buffer, callback: () => void): void {
    let left = chunk
    while (left.length > 0 && this.#credit > 0) {
      const piece = left.subarray(0, Math.min(maxPayload, this.#credit))
      left = left.subarray(piece.length)
      this.#credit -= piece.length
      if (!this.#send(encodeFrame(this.#id, frameKinds.data, piece))) break
    }
    if (left.length > 0) this.#pending = { chunk: left, callback }
    else callback()
  }

  #giveCredit(): void {
    if (this.#owed === 0 || this.destroyed) return
    this.#send(encodeCredit(this.#id, this.#owed))
    this.#owed = 0
  }
}
