import { isUtf8 } from 'node:buffer'

import { archiveError, type RawHeader } from './header.ts'
import { parsePaxNumber, type PaxRecords, parsePaxTime, sparseError } from './pax.ts'
import { maxNameBytes, maxPathBytes, type TarEntryType, type TarHeader } from './types.ts'

const types: Record<string, TarEntryType> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
}

/**
 * A member from its header block and the extended headers before it.
 * @param records pax records, those of the member over the global ones.
 * @param longName GNU's long name (type L), if one came before; `longLink` likewise (type K).
 */
export function toMember(raw: RawHeader, records: PaxRecords, longName?: Uint8Array, longLink?: Uint8Array): TarHeader {
  if (raw.flag === 'S' || [...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw sparseError()
  }
  let type = types[raw.flag]
  if (!type) throw archiveError(`it holds a member of the unknown type ${JSON.stringify(raw.flag)}`)
  let path = bytesRecord(records, 'path') ?? longName ?? raw.name
  if (path.at(-1) === 0x2f) {
    // Archives from before 1988 mark directories only by the slash.
    if (type === 'file') type = 'directory'
    path = trimSlashes(path)
  }
  const link = bytesRecord(records, 'linkpath') ?? longLink ?? raw.linkName
  verifyPath(path, 'name')
  const member: TarHeader = {
    path: decode(path),
    type,
    mode: raw.mode,
    uid: toId(numberRecord(records, 'uid') ?? raw.uid),
    gid: toId(numberRecord(records, 'gid') ?? raw.gid),
    size: numberRecord(records, 'size') ?? raw.size,
    mtime: timeRecord(records, 'mtime') ?? BigInt(raw.mtime) * 1_000_000_000n,
  }
  if (!isUtf8(path)) member.rawPath = path
  if (type === 'symlink' || type === 'hardlink') setLink(member, link)
  if (type === 'character' || type === 'block') {
    member.deviceMajor = raw.deviceMajor
    member.deviceMinor = raw.deviceMinor
  }
  addOptional(member, raw, records)
  return member
}

/** chown(2) takes the number after the last one for "leave it as it is". */
function toId(number: number): number {
  if (number < 0xffff_ffff) return number
  throw archiveError(`it holds a file of the owner ${number}, which there cannot be`)
}

function addOptional(member: TarHeader, raw: RawHeader, records: PaxRecords): void {
  const userName = bytesRecord(records, 'uname')
  const groupName = bytesRecord(records, 'gname')
  if (userName ?? raw.userName) member.userName = userName ? decode(userName) : raw.userName
  if (groupName ?? raw.groupName) member.groupName = groupName ? decode(groupName) : raw.groupName
  if (records.size === 0) return
  const atime = timeRecord(records, 'atime')
  const ctime = timeRecord(records, 'ctime')
  if (atime !== undefined) member.atime = atime
  if (ctime !== undefined) member.ctime = ctime
  const xattrs = attributes(records)
  if (xattrs.size > 0) member.xattrs = xattrs
}

function setLink(member: TarHeader, link: Uint8Array): void {
  if (link.length === 0) throw archiveError(`the link ${JSON.stringify(member.path)} has no target`)
  verifyPath(link, 'link target')
  member.linkTarget = decode(link)
  if (!isUtf8(link)) member.rawLinkTarget = link
}

/** `SCHILY.xattr.NAME` holds the raw value, `LIBARCHIVE.xattr.NAME` (with NAME percent-encoded) the value in base64. */
function attributes(records: PaxRecords): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  for (const [key, value] of records) {
    if (key.startsWith('LIBARCHIVE.xattr.')) {
      found.set(
        percentDecode(key.slice('LIBARCHIVE.xattr.'.length)),
        Buffer.from(Buffer.from(value).toString('latin1'), 'base64'),
      )
    }
  }
  for (const [key, value] of records) {
    if (key.startsWith('SCHILY.xattr.')) found.set(key.slice('SCHILY.xattr.'.length), value)
  }
  return found
}

function percentDecode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    throw archiveError('an extended attribute has a name that cannot be decoded')
  }
}

function verifyPath(path: Uint8Array, what: string): void {
  if (path.length === 0) throw archiveError(`a member has no ${what}`)
  if (path.length > maxPathBytes) throw archiveError(`a member's ${what} is longer than ${maxPathBytes} bytes`)
  if (path.includes(0)) throw archiveError(`a member's ${what} holds a zero byte`)
  let start = 0
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && path[i] !== 0x2f) continue
    if (i - start > maxNameBytes) throw archiveError(`a member's ${what} has a part longer than ${maxNameBytes} bytes`)
    start = i + 1
  }
}

function trimSlashes(path: Uint8Array): Uint8Array {
  let end = path.length
  while (end > 1 && path[end - 1] === 0x2f) end--
  return path.subarray(0, end)
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function bytesRecord(records: PaxRecords, key: string): Uint8Array | undefined {
  const value = records.get(key)
  return value && value.length > 0 ? value : undefined
}

function numberRecord(records: PaxRecords, key: string): number | undefined {
  const value = bytesRecord(records, key)
  return value && parsePaxNumber(value, key)
}

function timeRecord(records: PaxRecords, key: string): bigint | undefined {
  const value = bytesRecord(records, key)
  return value && parsePaxTime(value)
}
