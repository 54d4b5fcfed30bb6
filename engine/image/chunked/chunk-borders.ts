/** Callbacks for a file's content, in order. */
export interface ContentSink {
  /** More of the current chunk; only valid as long as the pushed bytes. */
  data(bytes: Uint8Array): void
  /** More zeros of the current chunk, which holds nothing else. */
  zeros(count: number): void
  /** The current chunk, which may be empty, ends. */
  border(): void
}

/** A rolling checksum of this many bytes says where a chunk ends: on average every 64 KiB. */
const window = 64
const offset = 31
const mask = 0xffff

/** As many zeros in a row are a chunk of their own: a hole. */
const holeBytes = 1024

const zeroBytes = Buffer.alloc(holeBytes)

/**
 * Divides a file's content into chunks as containers/storage does (pkg/chunked/compressor), so that what both write has the same
 * chunks: where bup's rolling checksum of the last 64 bytes ends in 16 ones, and around holes.
 */
export class ChunkBorders {
  readonly #sink: ContentSink
  /** The last bytes, oldest first. */
  readonly #last = new Uint8Array(window)
  #sum = 0
  #weighted = 0
  /** Zeros that may become a hole, at the end of what has been pushed; those of a known hole were reported already. */
  #zeros = 0
  #inHole = false

  constructor(sink: ContentSink) {
    this.#sink = sink
    this.#reset()
  }

  push(piece: Uint8Array): void {
    let at = 0
    while (at < piece.length) {
      // A run of zeros from before goes on, or none has begun.
      const begin = this.#zeros > 0 || this.#inHole ? at : nextRun(piece, at)
      if (begin > at) this.#roll(piece, at, begin)
      at = endOfZeros(piece, begin)
      this.#addZeros(at - begin)
      if (at < piece.length) this.#endZeros()
    }
  }

  /** The file ends, and with it the current chunk. */
  finish(): void {
    this.#endZeros()
    this.#sink.border()
  }

  #addZeros(count: number): void {
    if (count === 0) return
    this.#zeros += count
    if (!this.#inHole) {
      if (this.#zeros < holeBytes) return
      this.#inHole = true
      this.#sink.border()
    }
    this.#sink.zeros(this.#zeros)
    this.#zeros = 0
  }

  #endZeros(): void {
    if (this.#inHole) {
      this.#sink.border()
      this.#reset()
    } else if (this.#zeros > 0) this.#roll(zeroBytes, 0, this.#zeros)
    this.#zeros = 0
    this.#inHole = false
  }

  /** As after nothing but zeros. */
  #reset(): void {
    this.#last.fill(0)
    this.#sum = window * offset
    this.#weighted = window * (window - 1) * offset
  }

  /** Bytes that belong to no hole go through the checksum. */
  #roll(bytes: Uint8Array, from: number, to: number): void {
    const last = this.#last
    const early = Math.min(to, from + window)
    let start = from
    for (let i = from; i < early; i++) if (this.#passes(bytes[i]!, last[i - from]!)) start = this.#cut(bytes, start, i + 1)
    for (let i = early; i < to;) {
      i = this.#next(bytes, i, to)
      if (i <= to) start = this.#cut(bytes, start, i)
    }
    if (start < to) this.#sink.data(bytes.subarray(start, to))
    const count = Math.min(window, to - from)
    last.copyWithin(0, count)
    last.set(bytes.subarray(to - count, to), window - count)
  }

  /** Whether a chunk ends after this byte, where another one leaves the window. */
  #passes(added: number, dropped: number): boolean {
    this.#sum = (this.#sum + added - dropped) | 0
    this.#weighted = (this.#weighted + this.#sum - window * (dropped + offset)) | 0
    return (this.#weighted & mask) === mask
  }

  /** As {@link #passes} for all bytes up to the next end of a chunk: where that is, or after `to`. All but a few bytes pass here. */
  #next(bytes: Uint8Array, from: number, to: number): number {
    let sum = this.#sum
    let weighted = this.#weighted
    let i = from
    let found = false
    while (i < to && !found) {
      const dropped = bytes[i - window]!
      sum = (sum + bytes[i]! - dropped) | 0
      weighted = (weighted + sum - window * dropped - window * offset) | 0
      found = (weighted & mask) === mask
      i++
    }
    this.#sum = sum
    this.#weighted = weighted
    return found ? i : to + 1
  }

  #cut(bytes: Uint8Array, start: number, end: number): number {
    this.#sink.data(bytes.subarray(start, end))
    this.#sink.border()
    return end
  }
}

/** Where the first run of zeros begins that is a hole, or that the end of `bytes` cuts off; otherwise their length. */
function nextRun(bytes: Uint8Array, from: number): number {
  // A hole has a byte at one of these places.
  for (let i = from + holeBytes - 1; i < bytes.length; i += holeBytes) {
    if (bytes[i] !== 0) continue
    const begin = beginOfZeros(bytes, i, from)
    const end = endOfZeros(bytes, i)
    if (end - begin >= holeBytes || end === bytes.length) return begin
  }
  return beginOfZeros(bytes, bytes.length, from)
}

function beginOfZeros(bytes: Uint8Array, before: number, least: number): number {
  let i = before
  while (i > least && bytes[i - 1] === 0) i--
  return i
}

function endOfZeros(bytes: Uint8Array, from: number): number {
  let i = from
  while (i < bytes.length && bytes[i] === 0) i++
  return i
}
