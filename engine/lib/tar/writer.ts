import { archiveError } from './header.ts'
import { formatPax, formatPaxTime, type PaxRecords } from './pax.ts'
import { blockSize, type TarEntryType, type TarHeader } from './types.ts'

/** A member to write: `body` must yield exactly `header.size` bytes, and is only looked at for files. */
export interface TarInput {
  header: TarHeader
  body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

const flags: Record<TarEntryType, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
}
const maxOctal = { eight: 0o7777777, twelve: 0o77777777777 }

/**
 * Writes an archive: ustar, with a pax header where a member needs one (long or non-ASCII names, sub-second times, large numbers,
 * extended attributes). The same members always give the same bytes.
 * @throws ArchiveInvalid when a body does not have the size its header says.
 */
export async function* writeTar(
  members: AsyncIterable<TarInput> | Iterable<TarInput>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { header, body } of members) {
    yield tarHeader(header)
    if (header.type !== 'file' || header.size === 0) continue
    let written = 0
    for await (const chunk of body ?? []) {
      written += chunk.byteLength
      if (written > header.size) throw archiveError(`${JSON.stringify(header.path)} grew while it was written`)
      yield chunk
    }
    if (written < header.size) throw archiveError(`${JSON.stringify(header.path)} shrank while it was written`)
    if (written % blockSize > 0) yield new Uint8Array(blockSize - (written % blockSize))
  }
  yield tarEnd()
}

/** The two blocks of zeros that end an archive. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * blockSize)
}

/** The header of a member, with its extended header in front where it needs one. Its content, padded to blocks, must follow. */
export function tarHeader(header: TarHeader): Uint8Array {
  const suffix = header.type === 'directory' && !header.path.endsWith('/') ? '/' : ''
  const path = Buffer.concat([header.rawPath ?? Buffer.from(header.path), Buffer.from(suffix)])
  const link = Buffer.from(header.rawLinkTarget ?? header.linkTarget ?? '')
  const split = isAscii(path) ? splitPath(path) : undefined
  const records = neededRecords(header, path, link, split !== undefined)
  const main = ustarBlock(header, split ?? { prefix: Buffer.alloc(0), name: path.subarray(0, 100) }, link)
  if (records.size === 0) return main
  const data = formatPax(records)
  const extended: TarHeader = { path: 'PaxHeaders.0', type: 'file', mode: 0o644, uid: 0, gid: 0, size: data.length, mtime: 0n }
  const head = ustarBlock(extended, { prefix: Buffer.alloc(0), name: Buffer.from('PaxHeaders.0') }, Buffer.alloc(0), 'x')
  return Buffer.concat([head, data, Buffer.alloc((blockSize - (data.length % blockSize)) % blockSize), main])
}

function neededRecords(header: TarHeader, path: Buffer, link: Buffer, pathFits: boolean): PaxRecords {
  const records: PaxRecords = new Map()
  const add = (key: string, value: string | Uint8Array): unknown => records.set(key, Buffer.from(value as Uint8Array))
  if (!pathFits) add('path', path)
  if (link.length > 100 || !isAscii(link)) add('linkpath', link)
  if (header.uid > maxOctal.eight) add('uid', String(header.uid))
  if (header.gid > maxOctal.eight) add('gid', String(header.gid))
  if (header.size > maxOctal.twelve) add('size', String(header.size))
  const seconds = header.mtime / 1_000_000_000n
  if (header.mtime % 1_000_000_000n !== 0n || seconds < 0n || seconds > BigInt(maxOctal.twelve))
    add('mtime', formatPaxTime(header.mtime))
  if (header.atime !== undefined) add('atime', formatPaxTime(header.atime))
  if (header.ctime !== undefined) add('ctime', formatPaxTime(header.ctime))
  if (header.userName && !fits(header.userName)) add('uname', header.userName)
  if (header.groupName && !fits(header.groupName)) add('gname', header.groupName)
  for (const [name, value] of header.xattrs ?? []) add(`SCHILY.xattr.${name}`, value)
  return records
}

const fits = (name: string): boolean => name.length <= 31 && isAscii(Buffer.from(name))

/** ustar keeps 100 bytes of name and, before a slash, 155 bytes of prefix. */
function splitPath(path: Buffer): { prefix: Buffer; name: Buffer } | undefined {
  if (path.length <= 100) return { prefix: Buffer.alloc(0), name: path }
  for (let i = Math.min(155, path.length - 2); i > 0; i--) {
    if (path[i] === 0x2f && path.length - i - 1 <= 100) return { prefix: path.subarray(0, i), name: path.subarray(i + 1) }
  }
  return undefined
}

function ustarBlock(header: TarHeader, path: { prefix: Buffer; name: Buffer }, link: Buffer, flag = flags[header.type]): Buffer {
  const block = Buffer.alloc(blockSize)
  const seconds = Number(header.mtime / 1_000_000_000n)
  path.name.copy(block, 0, 0, 100)
  octal(block, 100, 8, header.mode & 0o7777)
  octal(block, 108, 8, header.uid > maxOctal.eight ? 0 : header.uid)
  octal(block, 116, 8, header.gid > maxOctal.eight ? 0 : header.gid)
  octal(block, 124, 12, header.type !== 'file' || header.size > maxOctal.twelve ? 0 : header.size)
  octal(block, 136, 12, seconds < 0 || seconds > maxOctal.twelve ? 0 : seconds)
  block.write(flag, 156, 'latin1')
  link.copy(block, 157, 0, 100)
  block.write('ustar\x0000', 257, 'latin1')
  if (header.userName && fits(header.userName)) block.write(header.userName, 265)
  if (header.groupName && fits(header.groupName)) block.write(header.groupName, 297)
  octal(block, 329, 8, header.deviceMajor ?? 0)
  octal(block, 337, 8, header.deviceMinor ?? 0)
  path.prefix.copy(block, 345, 0, 155)
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function octal(block: Buffer, start: number, length: number, value: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), start, 'latin1')
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80)
}
