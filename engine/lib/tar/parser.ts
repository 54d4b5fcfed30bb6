import { archiveError, parseHeader, type RawHeader } from './header.ts'
import { toMember } from './member.ts'
import { parsePax, type PaxRecords } from './pax.ts'
import { blockSize, maxExtendedBytes, type TarHeader } from './types.ts'

/** What a parser reports, synchronously and in the archive's order. What a function throws comes out of {@link TarParser.push}. */
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
  /** Says that the input is over. @throws ArchiveInvalid when it ended inside a member. */
  finish(): void
}

/**
 * A tar reader that holds no content in memory: ustar, pax (with sub-second times and extended attributes), GNU long names,
 * base-256 numbers. What comes after the end mark is ignored.
 */
export function createTarParser(sink: TarSink): TarParser {
  let state: 'header' | 'content' | 'extended' | 'skip' | 'padding' | 'ended' = 'header'
  /** Bytes left of the content or padding being read. */
  let left = 0
  let padding = 0
  const block = Buffer.alloc(blockSize)
  let filled = 0
  let extended: { kind: string; parts: Buffer[] } = { kind: '', parts: [] }
  const globals: PaxRecords = new Map()
  let locals: PaxRecords = new Map()
  let longName: Uint8Array | undefined
  let longLink: Uint8Array | undefined

  function begin(raw: RawHeader): void {
    if (raw.flag === 'x' || raw.flag === 'g' || raw.flag === 'L' || raw.flag === 'K') {
      if (raw.size > maxExtendedBytes) throw archiveError('it has an extended header larger than 1 MiB')
      extended = { kind: raw.flag, parts: [] }
      startContent('extended', raw.size)
      return
    }
    // A volume label says nothing about any file.
    if (raw.flag === 'V') return startContent('skip', raw.size)
    const records = globals.size === 0 ? locals : new Map([...globals, ...locals])
    const member = toMember(raw, records, longName, longLink)
    locals = new Map()
    longName = undefined
    longLink = undefined
    const bare = member.type !== 'file'
    // POSIX: links, directories and devices have no content, whatever their size field says, except that some writers repeat
    // a hard link's content; Go's reader, which podman uses, takes none for all of them.
    if (bare) member.size = 0
    sink.entry(member)
    if (member.size === 0) {
      sink.end()
      return
    }
    startContent('content', member.size)
  }

  function startContent(next: 'content' | 'extended' | 'skip', size: number): void {
    state = next
    left = size
    padding = (blockSize - (size % blockSize)) % blockSize
    if (size === 0) finishContent()
  }

  function finishContent(): void {
    const was = state
    state = padding > 0 ? 'padding' : 'header'
    left = padding
    if (was === 'content') sink.end()
    if (was !== 'extended') return
    const data = Buffer.concat(extended.parts)
    if (extended.kind === 'x') parsePax(data, locals)
    else if (extended.kind === 'g') parsePax(data, globals)
    else if (extended.kind === 'L') longName = untilZero(data)
    else longLink = untilZero(data)
  }

  /** Takes what belongs to the current state; returns how many bytes that was. */
  function take(chunk: Buffer, at: number): number {
    if (state === 'header') {
      const size = Math.min(blockSize - filled, chunk.length - at)
      let header: Buffer = block
      // Headers mostly lie whole inside a chunk: read in place.
      if (size === blockSize) header = chunk.subarray(at, at + blockSize)
      else chunk.copy(block, filled, at, at + size)
      filled += size
      if (filled < blockSize) return size
      filled = 0
      const raw = parseHeader(header)
      if (raw) begin(raw)
      else state = 'ended'
      return size
    }
    const size = Math.min(left, chunk.length - at)
    left -= size
    if (state === 'content') sink.data(chunk.subarray(at, at + size))
    else if (state === 'extended') extended.parts.push(Buffer.from(chunk.subarray(at, at + size)))
    if (left === 0) {
      if (state === 'padding') state = 'header'
      else finishContent()
    }
    return size
  }

  return {
    push(bytes) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let at = 0
      while (at < chunk.length && state !== 'ended') at += take(chunk, at)
    },
    finish() {
      if (state === 'ended') return
      if (state !== 'header' || filled > 0 || locals.size > 0 || longName) throw archiveError('it is cut short')
    },
  }
}

function untilZero(data: Buffer): Uint8Array {
  const end = data.indexOf(0)
  return end < 0 ? data : data.subarray(0, end)
}
