import { fstatSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { archiveError, parseHeader, type RawHeader } from './header.ts'
import { toMember } from './member.ts'
import { parseGlobalPax, parsePax, type PaxRecords } from './pax.ts'
import { blockSize, maxExtendedBytes, type TarHeader } from './types.ts'

/** A member of an archive in a file, and where its content begins. */
export interface TarPlace {
  header: TarHeader
  /** Position of the first byte of content. */
  offset: number
}

/** Headers that are read between two turns of the event loop. */
const sliceMembers = 256

/**
 * Lists the members of an uncompressed archive in a plain file, passing over their content by position.
 * @param fd stays open, and its own position unchanged.
 * @param maxMembers a bound on how many there may be.
 * @throws ArchiveInvalid when the archive is damaged or cut short, or holds more members.
 */
export async function* tarPlaces(fd: number, maxMembers: number): AsyncGenerator<TarPlace, void, undefined> {
  const end = fstatSync(fd).size
  const globals: PaxRecords = new Map()
  let extended: Extended = { records: new Map() }
  let ahead = 0
  let at = 0
  for (let blocks = 1; at < end; blocks++) {
    const raw = parseHeader(readExactly(fd, at, blockSize, end))
    if (!raw) return
    if (blocks > maxMembers * 4) throw archiveError(`it holds more than ${maxMembers} members`)
    if (blocks % sliceMembers === 0) await setImmediate()
    const offset = at + blockSize
    at = offset + Math.ceil(raw.size / blockSize) * blockSize
    if ('xgLKV'.includes(raw.flag)) {
      ahead += raw.size
      if (ahead > maxExtendedBytes) throw archiveError('it has an extended header larger than 1 MiB')
      take(raw, readExactly(fd, offset, raw.size, end), extended, globals)
      continue
    }
    const header = toMember(raw, new Map([...globals, ...extended.records]), extended.longName, extended.longLink)
    extended = { records: new Map() }
    ahead = 0
    if (header.type !== 'file') header.size = 0
    // A pax record may give another size than the header block.
    at = offset + Math.ceil(header.size / blockSize) * blockSize
    if (offset + header.size > end) throw archiveError('it is cut short')
    yield { header, offset }
  }
}

interface Extended {
  records: PaxRecords
  longName?: Uint8Array
  longLink?: Uint8Array
}

function take(raw: RawHeader, data: Buffer, extended: Extended, globals: PaxRecords): void {
  if (raw.flag === 'x') parsePax(data, extended.records)
  else if (raw.flag === 'g') parseGlobalPax(data, globals)
  else if (raw.flag === 'L') extended.longName = untilZero(data)
  else if (raw.flag === 'K') extended.longLink = untilZero(data)
}

function untilZero(data: Buffer): Uint8Array {
  const end = data.indexOf(0)
  return end < 0 ? data : data.subarray(0, end)
}

function readExactly(fd: number, position: number, length: number, end: number): Buffer {
  if (position + length > end) throw archiveError('it is cut short')
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length;) {
    const size = readSync(fd, bytes, done, length - done, position + done)
    if (size === 0) throw archiveError('it is cut short')
    done += size
  }
  return bytes
}
