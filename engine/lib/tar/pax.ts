import type { EngineError } from '../../errors/index.ts'
import { archiveError } from './header.ts'
import { maxExtendedBytes } from './types.ts'

/** Records of a pax extended header: values are kept as bytes, since attributes are binary. An empty value unsets the keyword. */
export type PaxRecords = Map<string, Uint8Array>

/**
 * Reads `LENGTH KEY=VALUE\n` records (POSIX.1-2017, pax, "pax Extended Header").
 * @throws ArchiveInvalid when a record is malformed.
 */
export function parsePax(data: Buffer, into: PaxRecords = new Map()): PaxRecords {
  let at = 0
  while (at < data.length) {
    const space = data.indexOf(0x20, at)
    if (space < 0 || space - at > 7 || space === at) throw archiveError('an extended header has a record without a length')
    const digits = data.toString('latin1', at, space)
    const end = at + Number(digits)
    if (!/^\d+$/.test(digits) || end > data.length || end <= space + 2 || data[end - 1] !== 0x0a) {
      throw archiveError('an extended header has a record with a wrong length')
    }
    const equals = data.indexOf(0x3d, space + 1)
    if (equals < 0 || equals >= end - 1 || equals === space + 1)
      throw archiveError('an extended header has a record without a key')
    const key = data.toString('utf8', space + 1, equals)
    // Where keys become names for the kernel, it would see only what is before the zero.
    if (key.includes('\0')) throw archiveError('an extended header has a key with a zero byte')
    into.set(key, Buffer.from(data.subarray(equals + 1, end - 1)))
    at = end
  }
  return into
}

/** What a global header may say of every member after it; attributes of all files are never meant. */
const globalKeys = new Set(['path', 'linkpath', 'size', 'uid', 'gid', 'uname', 'gname', 'mtime', 'atime', 'ctime'])

/**
 * Reads a global header. Only known keys are kept: each member is looked at with all of them.
 * @throws ArchiveInvalid as {@link parsePax}, and when all files would be sparse.
 */
export function parseGlobalPax(data: Buffer, into: PaxRecords): void {
  for (const [key, value] of parsePax(data)) {
    if (globalKeys.has(key)) into.set(key, value)
    else if (key.startsWith('GNU.sparse.')) throw sparseError()
  }
}

/** A refusal of a file with holes. */
export function sparseError(): EngineError {
  return archiveError('it holds a sparse file in a form that is not supported; write it without --sparse')
}

/** Writes records, sorted by key so that the same input always gives the same bytes. */
export function formatPax(records: PaxRecords): Buffer {
  const lines = [...records].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => formatRecord(key, value))
  const data = Buffer.concat(lines)
  if (data.length > maxExtendedBytes) throw archiveError('an extended header would be larger than 1 MiB')
  return data
}

/** The length counts itself, so it is found by trying. */
function formatRecord(key: string, value: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let length = body.length + 1
  while (String(length).length + body.length !== length) length = String(length).length + body.length
  return Buffer.concat([Buffer.from(String(length)), body])
}

/** A decimal time with an optional fraction, in nanoseconds. Digits beyond the ninth are dropped. */
export function parsePaxTime(value: Uint8Array): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(Buffer.from(value).toString('latin1'))
  if (!match) throw archiveError('an extended header has a time that is not a number')
  const nanoseconds = BigInt(match[2]!) * 1_000_000_000n + BigInt((match[3] ?? '').slice(0, 9).padEnd(9, '0'))
  return match[1] ? -nanoseconds : nanoseconds
}

/** The shortest decimal form of a time in nanoseconds. */
export function formatPaxTime(time: bigint): string {
  const sign = time < 0n ? '-' : ''
  const absolute = time < 0n ? -time : time
  const fraction = String(absolute % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${sign}${absolute / 1_000_000_000n}${fraction ? `.${fraction}` : ''}`
}

/** A decimal number of a record. */
export function parsePaxNumber(value: Uint8Array, key: string): number {
  const text = Buffer.from(value).toString('latin1')
  const number = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number))
    throw archiveError(`an extended header has a ${key} that is not a number`)
  return number
}
