/** IPv4 addresses as numbers, and networks of them. */

/** @returns `undefined` for what is not an IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

export interface Subnet {
  /** The network's first address. */
  base: number
  prefix: number
}

/** `10.88.0.0/16`. @returns `undefined` for what is not one. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address, length] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? []
  const number = address === undefined ? undefined : parseAddress(address)
  const prefix = Number(length)
  if (number === undefined || prefix > 32) return undefined
  return { base: number - (number % sizeOf(prefix)), prefix }
}

export function formatSubnet({ base, prefix }: Subnet): string {
  return `${formatAddress(base)}/${prefix}`
}

/** Addresses of a network of this prefix length. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix)
}

export function overlap(one: Subnet, other: Subnet): boolean {
  return one.base < other.base + sizeOf(other.prefix) && other.base < one.base + sizeOf(one.prefix)
}
