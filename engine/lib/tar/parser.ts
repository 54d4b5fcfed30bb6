import { archiveError, parseHeader, type RawHeader } from './header.ts'
import { toMember } from './member.ts'
import { parseGlobalPax, parsePax, type PaxRecords } from './pax.ts'
import { blockSize, maxExtendedBytes, type TarHeader } from './types.ts'

/** Callbacks of a parser, called synchronously and in the archive's order. What one throws is thrown by {@link TarParser.push}. */
export interface TarSink {
  /** A member begins. */
  entry(header: TarHeader): void
  /** Some of its content; the bytes are the caller's chunk and only valid during the call. */
  data(chunk: Buffer): void
  /** The member's content is complete (also called for members without content). */
  end(): void
}

/** Takes an archive in chunks of any size. */
export interface TarParser {
  /** @throws ArchiveInvalid when the archive is damaged, has an unsupported member, or passes a bound of ./types.ts. */
  push(chunk: Uint8Array): void
  /** Ends the input. @throws ArchiveInvalid when it ended inside a member. */
  finish(): void
}

/**
 * A tar reader that holds no content in memory: ustar, pax (with sub-second times and extended attributes), GNU long names,
 * base-256 numbers. What comes after the end mark is ignored.
 */
export function createTarParser(sink: TarSink): TarParser {
  return new Parser(sink)
}

class Parser implements TarParser {
  readonly #sink: TarSink
  #state: 'header' | 'content' | 'extended' | 'skip' | 'padding' | 'ended' = 'header'
  /** Bytes left of the content or padding being read. */
  #left = 0
  #padding = 0
  readonly #block = Buffer.alloc(blockSize)
  #filled = 0
  #extended: { kind: string; parts: Buffer[] } = { kind: '', parts: [] }
  readonly #globals: PaxRecords = new Map()
  #locals: PaxRecords = new Map()
  /** Bytes of extended headers since the last member. */
  #ahead = 0
  #longName: Uint8Array | undefined
  #longLink: Uint8Array | undefined

  constructor(sink: TarSink) {
    this.#sink = sink
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    while (at < chunk.length && this.#state !== 'ended') {
      at += this.#state === 'header' ? this.#takeHeader(chunk, at) : this.#takeContent(chunk, at)
    }
  }

  finish(): void {
    if (this.#state === 'ended') return
    const dangling = this.#locals.size > 0 || this.#longName !== undefined
    if (this.#state !== 'header' || this.#filled > 0 || dangling) throw archiveError('it is cut short')
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const size = Math.min(blockSize - this.#filled, chunk.length - at)
    let header: Buffer = this.#block
    // Headers mostly lie whole inside a chunk: read in place.
    if (size === blockSize) header = chunk.subarray(at, at + blockSize)
    else chunk.copy(this.#block, this.#filled, at, at + size)
    this.#filled += size
    if (this.#filled < blockSize) return size
    this.#filled = 0
    const raw = parseHeader(header)
    if (raw) this.#begin(raw)
    else this.#state = 'ended'
    return size
  }

  #takeContent(chunk: Buffer, at: number): number {
    const size = Math.min(this.#left, chunk.length - at)
    this.#left -= size
    if (this.#state === 'content') this.#sink.data(chunk.subarray(at, at + size))
    else if (this.#state === 'extended') this.#extended.parts.push(Buffer.from(chunk.subarray(at, at + size)))
    if (this.#left > 0) return size
    if (this.#state === 'padding') this.#state = 'header'
    else this.#finishContent()
    return size
  }

  #begin(raw: RawHeader): void {
    if (raw.flag === 'x' || raw.flag === 'g' || raw.flag === 'L' || raw.flag === 'K') {
      this.#ahead += raw.size
      if (this.#ahead > maxExtendedBytes) throw archiveError('it has an extended header larger than 1 MiB')
      this.#extended = { kind: raw.flag, parts: [] }
      return this.#startContent('extended', raw.size)
    }
    // A volume label says nothing about any file.
    if (raw.flag === 'V') return this.#startContent('skip', raw.size)
    const records = this.#globals.size === 0 ? this.#locals : new Map([...this.#globals, ...this.#locals])
    const member = toMember(raw, records, this.#longName, this.#longLink)
    this.#ahead = 0
    if (this.#locals.size > 0) this.#locals = new Map()
    this.#longName = undefined
    this.#longLink = undefined
    // Links, directories and devices have no content, whatever their size field says: Go's reader, which podman uses, agrees.
    if (member.type !== 'file') member.size = 0
    this.#sink.entry(member)
    if (member.size === 0) this.#sink.end()
    else this.#startContent('content', member.size)
  }

  #startContent(next: 'content' | 'extended' | 'skip', size: number): void {
    this.#state = next
    this.#left = size
    this.#padding = (blockSize - (size % blockSize)) % blockSize
    if (size === 0) this.#finishContent()
  }

  #finishContent(): void {
    const was = this.#state
    this.#state = this.#padding > 0 ? 'padding' : 'header'
    this.#left = this.#padding
    if (was === 'content') this.#sink.end()
    if (was === 'extended') this.#applyExtended(Buffer.concat(this.#extended.parts))
  }

  #applyExtended(data: Buffer): void {
    const { kind } = this.#extended
    if (kind === 'x') parsePax(data, this.#locals)
    else if (kind === 'g') parseGlobalPax(data, this.#globals)
    else if (kind === 'L') this.#longName = untilZero(data)
    else this.#longLink = untilZero(data)
  }
}

function untilZero(data: Buffer): Uint8Array {
  const end = data.indexOf(0)
  return end < 0 ? data : data.subarray(0, end)
}
