import { EngineError } from '../../errors/index.ts'

/** A block of IPv4 addresses, as numbers, both ends included. */
export interface Ipv4Block {
  first: number
  last: number
  prefix: number
}

/** An address as a number. @throws EngineError `InvalidArgument`. */
export function parseIpv4(text: string): number {
  const parts = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256))
  if (parts.length !== 4 || parts.some((part) => part > 255))
    throw new EngineError('InvalidArgument', `"${text}" is not an IPv4 address.`, { details: { address: text } })
  return parts.reduce((number, part) => number * 256 + part, 0)
}

export function formatIpv4(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** `10.1.0.0/16` as a block. @throws EngineError `InvalidArgument`. */
export function parseSubnet(text: string): Ipv4Block {
  const [address = '', length = ''] = text.split('/')
  const prefix = /^\d{1,2}$/.test(length) ? Number(length) : 33
  if (prefix > 30)
    throw new EngineError('InvalidArgument', `"${text}" is not an IPv4 subnet of at least four addresses.`, {
      details: { subnet: text },
    })
  const size = 2 ** (32 - prefix)
  const first = Math.floor(parseIpv4(address) / size) * size
  return { first, last: first + size - 1, prefix }
}

export function overlaps(one: Ipv4Block, other: Ipv4Block): boolean {
  return one.first <= other.last && other.first <= one.last
}
