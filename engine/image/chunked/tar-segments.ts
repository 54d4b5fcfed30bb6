import { EngineError } from '../../errors/index.ts'
import { parsePax } from '../../lib/tar/pax.ts'
import { blockSize, maxExtendedBytes } from '../../lib/tar/types.ts'
import {
  type Extensions,
  type MemberHeader,
  memberHeader,
  number,
  AmbiguousArchive,
  untilZero,
  verifyBlock,
  verifyNumbers,
} from './member-header.ts'

/** Callbacks for an archive, in its order: every byte is one of `raw` or `content`. */
export interface SegmentSink {
  /** Bytes of headers, of padding and of the end. */
  raw(bytes: Uint8Array): void
  /** The header is complete. */
  member(header: MemberHeader): void
  content(bytes: Uint8Array): void
  /** The member's content, of one that has some, is complete. */
  end(): void
  /** The end mark, or the padding after it, was reported. */
  marked(): void
  /** From here on everything is `raw`: the archive cannot be described. */
  unclear(reason: string): void
}

/** Zeros after the end mark: tar writes less than 10 KiB of them. */
const maxRestBytes = 1024 * 1024

type State = 'header' | 'extended' | 'content' | 'padding' | 'second mark' | 'rest' | 'unclear'

/** Divides an archive into its headers and contents, holding no more than an extended header of it. Never throws. */
export class TarSegments {
  readonly #sink: SegmentSink
  #state: State = 'header'
  /** Bytes of a header block or an extended header, as they come. */
  #held: Buffer[] = []
  /** Bytes left of what the state says. */
  #left = blockSize
  #padding = 0
  #kind = ''
  #extensions: Extensions = {}
  /** Bytes after the end mark. */
  #rest = 0

  constructor(sink: SegmentSink) {
    this.#sink = sink
  }

  push(piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      if (this.#state === 'unclear') return this.#sink.raw(piece.subarray(at))
      const part = this.#state === 'rest' ? piece.subarray(at) : piece.subarray(at, at + this.#left)
      at += part.length
      try {
        this.#take(part)
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  /** The archive is over. */
  finish(): void {
    if (this.#state === 'unclear') return
    const whole = this.#state === 'rest' ? this.#rest % blockSize === 0 : this.#atBorder()
    if (!whole) return this.#fail(new AmbiguousArchive('an archive that is cut short'))
    this.#sink.marked()
  }

  #atBorder(): boolean {
    const begun = this.#left < blockSize || Object.keys(this.#extensions).length > 0
    return (this.#state === 'header' || this.#state === 'second mark') && !begun
  }

  #fail(error: unknown): void {
    if (!(error instanceof AmbiguousArchive) && !EngineError.is(error, 'ArchiveInvalid')) throw error
    this.#state = 'unclear'
    this.#sink.unclear(error instanceof AmbiguousArchive ? error.message : 'an extended header that is damaged')
  }

  #take(part: Buffer): void {
    if (this.#state === 'content') this.#sink.content(part)
    else this.#sink.raw(part)
    if (this.#state === 'rest') return this.#takeRest(part)
    this.#left -= part.length
    if (this.#state === 'header' || this.#state === 'second mark' || this.#state === 'extended') this.#held.push(part)
    if (this.#left > 0) {
      // Copied, because the buffer is reused.
      if (this.#held.length > 0) this.#held[this.#held.length - 1] = Buffer.from(this.#held.at(-1)!)
      return
    }
    const held = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    this.#held = []
    this.#next(held)
  }

  #takeRest(part: Buffer): void {
    this.#rest += part.length
    if (this.#rest > maxRestBytes) throw new AmbiguousArchive('an archive with much after its end')
    if (!isZero(part)) throw new AmbiguousArchive('an archive with something after its end')
  }

  #next(held: Buffer): void {
    switch (this.#state) {
      case 'header':
        return this.#takeHeader(held)
      case 'second mark':
        if (!isZero(held)) throw new AmbiguousArchive('an archive with an empty block inside')
        this.#state = 'rest'
        return this.#sink.marked()
      case 'extended':
        this.#extend(held)
        return this.#pad()
      case 'content':
        this.#sink.end()
        return this.#pad()
      default:
        return this.#await('header', blockSize)
    }
  }

  #await(state: State, left: number): void {
    this.#state = state
    this.#left = left
  }

  #pad(): void {
    if (this.#padding > 0) this.#await('padding', this.#padding)
    else this.#await('header', blockSize)
  }

  #takeHeader(block: Buffer): void {
    if (isZero(block)) return this.#await('second mark', blockSize)
    verifyBlock(block)
    const kind = String.fromCharCode(block[156]!)
    if (kind === 'x' || kind === 'L' || kind === 'K') {
      verifyNumbers(block)
      const size = number(block, 124, 12)
      if (size > maxExtendedBytes || size === 0) throw new AmbiguousArchive('an extended header of an unusual size')
      this.#kind = kind
      return this.#begin('extended', size)
    }
    const header = memberHeader(block, this.#extensions)
    this.#extensions = {}
    this.#sink.member(header)
    if (header.size > 0) this.#begin('content', header.size)
    else this.#await('header', blockSize)
  }

  #begin(state: State, size: number): void {
    this.#padding = (blockSize - (size % blockSize)) % blockSize
    this.#await(state, size)
  }

  #extend(data: Buffer): void {
    const { pax, longName, longLink } = this.#extensions
    const copy = Buffer.from(data)
    const twice = this.#kind === 'x' ? Object.keys(this.#extensions).length > 0 : pax !== undefined
    if (twice || (this.#kind === 'L' && longName) || (this.#kind === 'K' && longLink))
      throw new AmbiguousArchive('a member with several extended headers')
    if (this.#kind === 'x') this.#extensions.pax = parsePax(copy)
    else if (this.#kind === 'L') this.#extensions.longName = untilZero(copy)
    else this.#extensions.longLink = untilZero(copy)
  }
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false
  return true
}
