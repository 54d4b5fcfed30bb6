import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib'

/** A frame of up to this many bytes is compressed in one go; of a larger one no more than this is buffered. */
const pieceBytes = 1024 * 1024

/** Frames that are compressed concurrently. */
const lanes = 2

/** Where a frame lies in the stream: from its first byte to the one after its last. */
export type Placed = (start: number, end: number) => void

interface Job {
  done: Promise<Uint8Array[]>
  first: boolean
  last?: Placed
}

/**
 * A zstd stream of many frames (RFC 8878, 3.1). Bytes are added to the current frame; they are read after that, so they must stay.
 * The same frames give the same bytes. The caller closes it.
 */
export class Frames {
  readonly #level: number
  readonly #lanes: Lane[]
  #turn = 0
  /** The compressor of a large frame that has begun. */
  #large: Lane | undefined
  #parts: Uint8Array[] = []
  #size = 0
  readonly #jobs: Job[] = []
  #start = 0
  /** Bytes of the stream that {@link drain} has given. */
  position = 0

  constructor(level: number) {
    this.#level = level
    this.#lanes = Array.from({ length: lanes }, () => new Lane(level, constants.ZSTD_e_end))
  }

  /** Bytes of the current frame. */
  get pending(): number {
    return this.#size
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength;) {
      if (this.#size === pieceBytes) this.#spill()
      const part = bytes.subarray(at, at + pieceBytes - this.#size)
      at += part.byteLength
      this.#parts.push(part)
      this.#size += part.byteLength
    }
  }

  /** Ends the current frame, if it is not empty. @param last is called with its position, once that is known. */
  end(last: Placed = () => {}): void {
    if (this.#size === 0) return
    const bytes = this.#take()
    const large = this.#large
    this.#large = undefined
    if (large) return this.#enqueue({ done: large.end(bytes), first: false, last })
    const lane = this.#lanes[this.#turn++ % lanes]!
    this.#enqueue({ done: lane.write(bytes), first: true, last })
  }

  /** What has been compressed, in order, until no more than `keep` pieces are being worked on. */
  async *drain(keep: number): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#jobs.length > keep) {
      const { done, first, last } = this.#jobs.shift()!
      const pieces = await done
      if (first) this.#start = this.position
      for (const piece of pieces) this.position += piece.byteLength
      yield* pieces
      last?.(this.#start, this.position)
    }
  }

  close(): void {
    for (const lane of this.#lanes) lane.close()
    this.#large?.close()
  }

  #spill(): void {
    const first = this.#large === undefined
    const large = (this.#large ??= new Lane(this.#level, constants.ZSTD_e_continue))
    this.#enqueue({ done: large.write(this.#take()), first })
  }

  #take(): Uint8Array {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts, this.#size)
    this.#parts = []
    this.#size = 0
    return bytes
  }

  #enqueue(job: Job): void {
    // Reported by `drain`.
    job.done.catch(() => {})
    this.#jobs.push(job)
  }
}

/**
 * A compressor that is used again and again: with `ZSTD_e_end` every write becomes a frame of its own, and making a compressor for
 * each would cost ten times as much.
 */
class Lane {
  readonly #engine: ZstdCompress
  #out: Uint8Array[] = []
  #fault: Error | undefined
  #fail: (error: Error) => void = () => {}

  constructor(level: number, flush: number) {
    this.#engine = createZstdCompress({
      chunkSize: 256 * 1024,
      flush,
      params: { [constants.ZSTD_c_compressionLevel]: level },
    })
    this.#engine.on('data', (piece: Buffer) => this.#out.push(piece))
    this.#engine.on('error', (error) => {
      this.#fault = error
      this.#fail(error)
    })
  }

  /** What has come out once `bytes` have been compressed. */
  write(bytes: Uint8Array): Promise<Uint8Array[]> {
    return this.#until((done) => this.#engine.write(bytes, done))
  }

  /** As {@link write}, for the last bytes. */
  end(bytes: Uint8Array): Promise<Uint8Array[]> {
    return this.#until((done) => {
      this.#engine.once('end', done)
      // Handed over with the end, the last bytes would end the frame, and the end once more: another frame, of nothing.
      this.#engine.write(bytes, () => this.#engine.end())
    })
  }

  close(): void {
    this.#engine.destroy()
    this.#fail(new Error('The compression was cancelled.'))
  }

  #until(begin: (done: (error?: Error | null) => void) => void): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#fault) return reject(this.#fault)
      this.#fail = reject
      begin((error) => {
        if (error) return reject(error)
        resolve(this.#out)
        this.#out = []
      })
    })
  }
}

/** A frame that readers of zstd skip (RFC 8878, 3.1.2). */
export function skippableHead(length: number): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a50, 0)
  head.writeUInt32LE(length, 4)
  return head
}
