import { BlockList, isIP } from 'node:net'

/** From where root may log in with a password, as sshd's PermitRootLogin: from anywhere, from this host only, or not at all. */
export const rootLogins = ['yes', 'loopback', 'no'] as const

/** One of {@link rootLogins}. */
export type RootLogin = (typeof rootLogins)[number]

/** Whether root may log in from `remote`, an address; one that cannot be read is elsewhere. */
export function mayRootLogIn(setting: RootLogin, remote: string): boolean {
  return setting === 'yes' || (setting === 'loopback' && isLoopback(remote))
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** An IPv4 address inside an IPv6 one (`::ffff:127.0.0.1`) is what it holds. */
function isLoopback(remote: string): boolean {
  const kind = isIP(remote)
  return kind !== 0 && loopback.check(remote, kind === 4 ? 'ipv4' : 'ipv6')
}
