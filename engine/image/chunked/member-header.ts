import { isUtf8 } from 'node:buffer'

import { parsePaxTime, type PaxRecords } from '../../lib/tar/pax.ts'

/** What a layer's table of contents calls its members. */
export type MemberType = 'reg' | 'hardlink' | 'symlink' | 'char' | 'block' | 'dir' | 'fifo'

/** A member of an archive as Go's archive/tar reads it: nothing is normalized. Times are nanoseconds since 1970. */
export interface MemberHeader {
  type: MemberType
  name: string
  linkName: string
  mode: number
  /** Bytes of content that follow. */
  size: number
  uid: number
  gid: number
  modTime: bigint
  accessTime?: bigint
  changeTime?: bigint
  devMajor: number
  devMinor: number
  xattrs: Map<string, Uint8Array>
}

/** What came before a header block and is about the same member. */
export interface Extensions {
  pax?: PaxRecords
  longName?: Buffer
  longLink?: Buffer
}

/** Something that readers interpret differently, or not at all: such an archive gets no table of contents. */
export class AmbiguousArchive extends Error {}

const types: Record<string, MemberType> = {
  '\0': 'reg',
  '0': 'reg',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'dir',
  '6': 'fifo',
}

const second = 1_000_000_000n

/**
 * A member from its header block. Readers compare a table of contents with Go's view of the same headers, so everything ambiguous
 * is refused.
 * @param block 512 bytes, whose checksum is right.
 * @throws AmbiguousArchive
 */
export function memberHeader(block: Buffer, { pax, longName, longLink }: Extensions): MemberHeader {
  const format = formatOf(block)
  const records = pax ?? new Map<string, Uint8Array>()
  const flag = String.fromCharCode(block[156]!)
  let type = types[flag]
  if (!type) throw new AmbiguousArchive(`a member of the type ${JSON.stringify(flag)}`)
  const name = text(longName ?? textRecord(records, 'path') ?? nameOf(block, format))
  if (name === '') throw new AmbiguousArchive('a member without a name')
  if (flag === '\0' && name.endsWith('/')) type = 'dir'
  if (type === 'reg' && name.endsWith('/')) throw new AmbiguousArchive('a file whose name ends in a slash')
  const size = numberRecord(records, 'size') ?? number(block, 124, 12)
  if (type !== 'reg' && size > 0) throw new AmbiguousArchive('a member with a size that has no content')
  const header: MemberHeader = {
    type,
    name,
    linkName: text(longLink ?? textRecord(records, 'linkpath') ?? field(block, 157, 100)),
    mode: number(block, 100, 8),
    size,
    uid: numberRecord(records, 'uid') ?? number(block, 108, 8),
    gid: numberRecord(records, 'gid') ?? number(block, 116, 8),
    modTime: timeRecord(records, 'mtime') ?? BigInt(number(block, 136, 12)) * second,
    devMajor: format === 'v7' ? 0 : number(block, 329, 8),
    devMinor: format === 'v7' ? 0 : number(block, 337, 8),
    xattrs: attributes(records),
  }
  const accessTime = timeRecord(records, 'atime') ?? gnuTime(block, format, 345)
  const changeTime = timeRecord(records, 'ctime') ?? gnuTime(block, format, 357)
  return {
    ...header,
    ...(accessTime === undefined ? {} : { accessTime }),
    ...(changeTime === undefined ? {} : { changeTime }),
  }
}

/** @throws AmbiguousArchive unless the checksum of a header block is right. */
export function verifyBlock(block: Buffer): void {
  let sum = 8 * 32
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += block[i]!
  if (number(block, 148, 8) !== sum) throw new AmbiguousArchive('a header with a wrong checksum')
}

/** Go reads the numbers of every header, of extended ones, too, which need none. @throws AmbiguousArchive */
export function verifyNumbers(block: Buffer): void {
  const format = formatOf(block)
  for (const [start, length] of [
    [100, 8],
    [108, 8],
    [116, 8],
    [124, 12],
    [136, 12],
  ] as const)
    number(block, start, length)
  if (format !== 'v7') for (const start of [329, 337]) number(block, start, 8)
  for (const start of [345, 357]) gnuTime(block, format, start)
}

type Format = 'ustar' | 'gnu' | 'v7'

function formatOf(block: Buffer): Format {
  const magic = block.toString('latin1', 257, 265)
  if (magic === 'ustar  \0') return 'gnu'
  if (magic === 'ustar\x0000' && block.toString('latin1', 508, 512) !== 'tar\0') return 'ustar'
  if (magic === '\0'.repeat(8)) return 'v7'
  throw new AmbiguousArchive('a header in an unusual format')
}

function nameOf(block: Buffer, format: Format): Buffer {
  const name = field(block, 0, 100)
  const prefix = format === 'ustar' ? field(block, 345, 155) : Buffer.alloc(0)
  return prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name
}

function field(block: Buffer, start: number, length: number): Buffer {
  return untilZero(block.subarray(start, start + length))
}

export function untilZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** JSON has no place for other bytes. */
function text(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new AmbiguousArchive('a name that is not UTF-8')
  return Buffer.from(bytes).toString('utf8')
}

/** Octal digits between spaces and zero bytes, or GNU's binary form. */
export function number(block: Buffer, start: number, length: number): number {
  if (block[start]! & 0x80) return binary(block.subarray(start, start + length))
  const digits = block.toString('latin1', start, start + length).replace(/^[ \0]+|[ \0]+$/g, '')
  if (!/^[0-7]*$/.test(digits)) throw new AmbiguousArchive('a header with something that is not a number')
  return Number.parseInt(digits || '0', 8)
}

function binary(bytes: Buffer): number {
  if (bytes[0]! & 0x40) throw new AmbiguousArchive('a header with a negative number')
  let value = bytes[0]! & 0x3f
  for (const byte of bytes.subarray(1)) value = value * 256 + byte
  if (!Number.isSafeInteger(value)) throw new AmbiguousArchive('a header with a number that is too large')
  return value
}

function gnuTime(block: Buffer, format: Format, start: number): bigint | undefined {
  return format === 'gnu' && block[start] !== 0 ? BigInt(number(block, start, 12)) * second : undefined
}

/** A record that has a value; an empty one counts as none. */
function record(records: PaxRecords, key: string): Uint8Array | undefined {
  const value = records.get(key)
  return value && value.length > 0 ? value : undefined
}

function textRecord(records: PaxRecords, key: string): Uint8Array | undefined {
  const value = record(records, key)
  if (value?.includes(0)) throw new AmbiguousArchive('a name with a zero byte')
  return value
}

function numberRecord(records: PaxRecords, key: string): number | undefined {
  const value = record(records, key)
  if (value === undefined) return undefined
  const digits = Buffer.from(value).toString('latin1')
  const parsed = Number(digits)
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(parsed))
    throw new AmbiguousArchive('an extended header with an unusual number')
  return parsed
}

function timeRecord(records: PaxRecords, key: string): bigint | undefined {
  const value = record(records, key)
  return value && parsePaxTime(value)
}

function attributes(records: PaxRecords): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  for (const [key, value] of records) {
    // What was not UTF-8 has become U+FFFD in a key.
    if (key.includes('\0') || key.includes('\ufffd')) throw new AmbiguousArchive('an extended header with an unusual key')
    if (key.startsWith('GNU.sparse.')) throw new AmbiguousArchive('a sparse file')
    if (key.startsWith('SCHILY.xattr.')) found.set(key.slice('SCHILY.xattr.'.length), value)
  }
  textRecord(records, 'uname')
  textRecord(records, 'gname')
  return found
}
