import type { NetworkInfo } from '../../adapters/netavark.ts'
import type { Network } from '../../contract/index.ts'
import { byName } from '../../spec/pair.ts'
import type { Context } from '../context.ts'
import { keeperOf } from './find.ts'

/** A network as libpod's API shows it: the same document that netavark reads, without what is empty. */
export function networkAnswer(context: Context, info: NetworkInfo): Network {
  const { name, id, driver, network_interface, created = '', subnets, routes, ...others } = info
  const { ipv6_enabled, internal, dns_enabled, network_dns_servers, labels, options, ipam_options } = others
  return {
    name,
    id,
    driver,
    ...(network_interface ? { network_interface } : {}),
    created,
    ...(subnets.length > 0
      ? {
          subnets: subnets.map((subnet) => ({
            ...subnet,
            ...(subnet.lease_range ? { lease_range: { ...subnet.lease_range } } : {}),
          })),
        }
      : {}),
    ...(routes?.length ? { routes: routes.map((route) => ({ ...route })) } : {}),
    ipv6_enabled,
    internal,
    dns_enabled,
    ...(network_dns_servers?.length ? { network_dns_servers } : {}),
    ...(labels && Object.keys(labels).length > 0 ? { labels: byName(labels) } : {}),
    ...(options && Object.keys(options).length > 0 ? { options: byName(options) } : {}),
    ipam_options: ipam_options && byName(ipam_options),
    ...(keeperOf(context, name) !== 'own' ? { read_only: true } : {}),
  }
}
