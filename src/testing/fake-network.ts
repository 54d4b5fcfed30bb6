import type { Network } from '../../engine/contract/index.ts'

/** A bridge network as the list has it. */
export const fakeNetwork = (name: string): Network => ({
  name,
  id: name,
  driver: 'bridge',
  created: new Date(0).toISOString(),
  ipv6_enabled: false,
  internal: false,
  dns_enabled: true,
})
