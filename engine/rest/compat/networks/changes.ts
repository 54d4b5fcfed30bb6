import { formatAddress, parseBlock } from '../../../lib/host/ip-blocks.ts'
import { given } from '../containers/given.ts'
import type { Mapping } from '../mapping.ts'
import { ourName } from './names.ts'
import { splitOptions } from './options.ts'

export const create: Mapping<'docker.network.create'> = async (engine, { body }, options) => {
  const { Name, Driver, Internal, EnableIPv6, IPAM, Options, Labels } = body
  const ipam = IPAM?.Driver && IPAM.Driver !== 'default' ? { driver: IPAM.Driver } : undefined
  const driver = Driver && Driver !== 'default' ? Driver : 'bridge'
  const { options: known, warnings } = splitOptions(driver, Options ?? {})
  const made = await engine['network.create'](
    {
      body: {
        ...given({
          internal: Internal,
          ipv6_enabled: EnableIPv6,
          options: known,
          labels: Labels,
          ipam_options: ipam,
        }),
        name: Name,
        driver,
        dns_enabled: true,
        subnets: (IPAM?.Config ?? []).flatMap(({ Subnet, Gateway, IPRange }) =>
          Subnet ? [{ subnet: Subnet, ...given({ gateway: Gateway || undefined, lease_range: rangeOf(IPRange) }) }] : [],
        ),
      },
    },
    options,
  )
  return { Id: made.id, Warning: warnings.join('; ') }
}

/** A block within the subnet. @throws EngineError `InvalidArgument` */
function rangeOf(range: string | null | undefined): { start_ip: string; end_ip: string } | undefined {
  if (!range) return undefined
  const { family, first, last } = parseBlock(range)
  return { start_ip: formatAddress({ family, value: first }), end_ip: formatAddress({ family, value: last }) }
}

export const remove: Mapping<'docker.network.remove'> = async (engine, { name }, options) => {
  await engine['network.remove']({ name: ourName(name) }, options)
}

export const prune: Mapping<'docker.network.prune'> = async (engine, { filters }, options) => {
  const reports = await engine['network.prune']({ filters }, options)
  return { NetworksDeleted: reports.filter(({ Error }) => !Error).map(({ Name }) => Name) }
}

export const connect: Mapping<'docker.network.connect'> = (engine, { name, body }, options) => {
  const { Aliases, MacAddress, IPAMConfig } = body.EndpointConfig ?? {}
  const static_ips = [IPAMConfig?.IPv4Address, IPAMConfig?.IPv6Address].filter((each): each is string => Boolean(each))
  return engine['network.connect'](
    {
      name: ourName(name),
      body: { container: body.Container, ...given({ aliases: Aliases, static_mac: MacAddress || undefined }), static_ips },
    },
    options,
  )
}

export const disconnect: Mapping<'docker.network.disconnect'> = (engine, { name, body }, options) =>
  engine['network.disconnect']({ name: ourName(name), body: { container: body.Container, force: body.Force ?? false } }, options)
