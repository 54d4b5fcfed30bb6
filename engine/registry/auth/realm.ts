import { lookup } from 'node:dns/promises'
import net from 'node:net'

import { EngineError } from '../../errors/index.ts'

/** This host itself (RFC 6890). */
const own = new net.BlockList()
own.addSubnet('127.0.0.0', 8)
own.addSubnet('0.0.0.0', 8)
own.addAddress('::1', 'ipv6')
own.addAddress('::', 'ipv6')

/** Link-local addresses, where clouds serve a machine's secrets (RFC 3927, RFC 4291; AWS's IPv6 address of the same). */
const linkLocal = new net.BlockList()
linkLocal.addSubnet('169.254.0.0', 16)
linkLocal.addSubnet('fe80::', 10, 'ipv6')
linkLocal.addAddress('fd00:ec2::254', 'ipv6')

const within = (list: net.BlockList, address: string): boolean => list.check(address, net.isIPv6(address) ? 'ipv6' : 'ipv4')

/**
 * The login server that a registry names (`realm` of its challenge), which gets the user's login for it. It is of the registry's
 * choice, as docker.io's is auth.docker.io; but a login that came over TLS is not sent in the clear.
 * @param secure whether the registry itself was reached over https.
 * @throws RegistryProtocol
 */
export function parseRealm(realm: string, registry: string, secure: boolean): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || (secure && url.protocol !== 'https:')) throw unsafe(registry)
  // No name and password other than the user's own.
  url.username = ''
  url.password = ''
  return url
}

/**
 * A test of addresses that a login server, and whatever it redirects to, may have. No remote registry may make us query this host's
 * own services or a cloud's metadata service, and receive their response as its token.
 */
export function realmAddresses(registry: URL): (address: string) => Promise<void> {
  const host = registry.hostname.replace(/^\[|\]$/g, '')
  return async (address) => {
    if (address === host || (!within(linkLocal, address) && !within(own, address))) return
    // Not by the registry's name: its owner can change its address between two requests.
    if (within(linkLocal, address) || !(await isHere(host))) throw unsafe(registry.host)
  }
}

/** Whether a host is this one. */
async function isHere(host: string): Promise<boolean> {
  if (net.isIP(host) !== 0) return within(own, host)
  const addresses = await lookup(host, { all: true }).catch(() => [])
  return addresses.some(({ address }) => within(own, address))
}

function unsafe(registry: string): EngineError {
  return new EngineError('RegistryProtocol', `The registry ${registry} names a login server that cannot be used safely.`, {
    details: { registry },
  })
}
