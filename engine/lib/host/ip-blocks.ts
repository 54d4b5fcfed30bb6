import { isIP } from './ip-version.ts'

import { EngineError } from '../../errors/index.ts'

/** An address of either version, as a number. */
export interface Address {
  family: 4 | 6
  value: bigint
}

/** A block of addresses, both ends included. */
export interface Block {
  family: 4 | 6
  first: bigint
  last: bigint
  prefix: number
}

const bits = { 4: 32, 6: 128 } as const

/** @throws EngineError `InvalidArgument`. */
export function parseAddress(text: string): Address {
  const family = text.includes('%') ? 0 : isIP(text)
  if (family === 4) return { family, value: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) }
  if (family === 6) return { family, value: sixteenBytes(text) }
  throw new EngineError('InvalidArgument', `${JSON.stringify(text)} is not an IP address.`, { details: { address: text } })
}

function sixteenBytes(text: string): bigint {
  // The URL parser writes an IPv4 tail as hexadecimal groups.
  const plain = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const [head = '', tail] = plain.split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const [left, right] = [groups(head), groups(tail)]
  const filled = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return filled.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
}

export function formatAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 65535n).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** `10.1.0.0/16` or `fd00::/64` as a block; bits behind the prefix are cleared. @throws EngineError `InvalidArgument`. */
export function parseBlock(text: string): Block {
  const slash = text.indexOf('/')
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)]
  const family = slash < 1 || address.includes('%') ? 0 : isIP(address)
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : -1
  if ((family !== 4 && family !== 6) || prefix < 0 || prefix > bits[family])
    throw new EngineError('InvalidArgument', `invalid CIDR address: ${text}`, { details: { subnet: text } })
  const size = 1n << BigInt(bits[family] - prefix)
  const { value } = parseAddress(address)
  const first = value - (value % size)
  return { family, first, last: first + size - 1n, prefix }
}

export function formatBlock({ family, first, prefix }: Block): string {
  return `${formatAddress({ family, value: first })}/${prefix}`
}

export function overlaps(one: Block, other: Block): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last
}

export function contains(block: Block, { family, value }: Address): boolean {
  return block.family === family && value >= block.first && value <= block.last
}

/** Which of a subnet's addresses can be given out: not the network's own and, with version 4, not the broadcast address. */
export function usable({ family, first, last, prefix }: Block): { first: bigint; last: bigint } {
  if (bits[family] - prefix < 2) return { first, last }
  return { first: first + 1n, last: family === 4 ? last - 1n : last }
}
