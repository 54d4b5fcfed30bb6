import type { Network } from '../../engine/live/live-data.ts'

/** The addresses that a running container has in a network, without the length of their prefix. */
export function addressesOf({ containers }: Network, id: string): string[] {
  const interfaces = Object.values(containers?.[id]?.interfaces ?? {})
  return interfaces.flatMap(({ subnets }) => (subnets ?? []).map(({ ipnet }) => ipnet.split('/')[0]!))
}

/** The hardware address that a running container has in a network. */
export const hardwareAddressOf = ({ containers }: Network, id: string): string | undefined =>
  Object.values(containers?.[id]?.interfaces ?? {})[0]?.mac_address
