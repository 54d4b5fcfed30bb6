import { EngineError } from '../../errors/index.ts'

/** The fields of one 512-byte header, before any extended header is applied. Fields as in POSIX.1-2017, pax, "ustar Interchange Format". */
export interface RawHeader {
  name: Uint8Array
  mode: number
  uid: number
  gid: number
  size: number
  /** Seconds since 1970. */
  mtime: number
  /** The type flag, as a character. */
  flag: string
  linkName: Uint8Array
  userName: string
  groupName: string
  deviceMajor: number
  deviceMinor: number
}

/** A damaged archive. `reason` follows "The archive is damaged: ". */
export function archiveError(reason: string): EngineError {
  return new EngineError('ArchiveInvalid', `The archive is damaged or unsafe: ${reason}.`)
}

/**
 * Reads a header block.
 * @param block 512 bytes.
 * @returns nothing for a block of zeros, which marks the archive's end.
 * @throws ArchiveInvalid when the checksum or a number is wrong.
 */
export function parseHeader(block: Buffer): RawHeader | undefined {
  if (block[0] === 0 && block.every((byte) => byte === 0)) return undefined
  verifyChecksum(block)
  const ustar = block.toString('latin1', 257, 262) === 'ustar'
  const posix = ustar && block[262] === 0
  let name: Uint8Array = textField(block, 0, 100)
  if (posix && block[345] !== 0) name = Buffer.concat([textField(block, 345, 155), Buffer.from('/'), name])
  return {
    name,
    mode: numberField(block, 100, 8, 'mode') & 0o7777,
    uid: numberField(block, 108, 8, 'uid'),
    gid: numberField(block, 116, 8, 'gid'),
    size: numberField(block, 124, 12, 'size'),
    mtime: numberField(block, 136, 12, 'mtime'),
    flag: block[156] === 0 ? '0' : String.fromCharCode(block[156]!),
    linkName: textField(block, 157, 100),
    userName: ustar && block[265] !== 0 ? textField(block, 265, 32).toString() : '',
    groupName: ustar && block[297] !== 0 ? textField(block, 297, 32).toString() : '',
    deviceMajor: ustar ? numberField(block, 329, 8, 'device number') : 0,
    deviceMinor: ustar ? numberField(block, 337, 8, 'device number') : 0,
  }
}

/** Some old writers sum signed bytes; both sums are accepted, as every reader does. */
function verifyChecksum(block: Buffer): void {
  let unsigned = 8 * 32
  let signed = 8 * 32
  for (let i = 0; i < 512; i++) {
    if (i === 148) i = 156
    const byte = block[i]!
    unsigned += byte
    signed += byte < 128 ? byte : byte - 256
  }
  const stored = numberField(block, 148, 8, 'checksum')
  if (stored !== unsigned && stored !== signed) throw archiveError('a header has a wrong checksum')
}

function textField(block: Buffer, start: number, length: number): Buffer {
  let end = start
  while (end < start + length && block[end] !== 0) end++
  // Copied, because the block is overwritten when the next chunk arrives.
  return Buffer.from(block.subarray(start, end))
}

/** Octal digits padded with spaces and zero bytes, or, with the top bit set, GNU's big-endian two's complement. */
function numberField(block: Buffer, start: number, length: number, what: string): number {
  if (block[start]! & 0x80) return binaryNumber(block, start, length, what)
  let i = start
  const end = start + length
  while (i < end && (block[i] === 0x20 || block[i] === 0)) i++
  let value = 0
  for (; i < end; i++) {
    const byte = block[i]!
    if (byte === 0 || byte === 0x20) break
    if (byte < 0x30 || byte > 0x37) throw archiveError(`a header's ${what} is not a number`)
    value = value * 8 + (byte - 0x30)
  }
  return value
}

function binaryNumber(block: Buffer, start: number, length: number, what: string): number {
  const negative = (block[start]! & 0x40) !== 0
  let value = BigInt(block[start]! & 0x3f)
  for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(block[start + i]!)
  if (negative) value -= 1n << BigInt(length * 8 - 2)
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER))
    throw archiveError(`a header's ${what} is out of range`)
  const number = Number(value)
  if (number < 0 && what !== 'mtime') throw archiveError(`a header's ${what} is negative`)
  return number
}
