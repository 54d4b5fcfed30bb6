import type { ContainerSummary, Network } from '../../engine/live/live-data.ts'
import { formatMoment } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { KeyValues } from '../../ui/key-values.tsx'
import { Properties, property } from '../../ui/properties.tsx'
import { Members } from './members.tsx'
import { Topology } from './topology.tsx'

/** What a network is, its picture, and the containers in it. */
export function NetworkOverview({ network, containers }: { network: Network; containers: readonly ContainerSummary[] }) {
  const { driver, network_interface: interfaceName, ipv6_enabled: ipv6, internal, dns_enabled: dns, created } = network
  const servers = network.network_dns_servers ?? []
  const options = Object.entries(network.options ?? {})
  const labels = Object.entries(network.labels ?? {})
  return (
    <div className="berth-cards">
      <Properties
        title={_('Network')}
        items={[
          property(_('Driver'), driver),
          property(_('Interface'), interfaceName && <code className="berth-code">{interfaceName}</code>),
          property(_('IPv6'), ipv6 ? _('On') : undefined),
          property(_('Outside'), internal ? _('Not reachable: the network is internal') : undefined),
          property(_('Name resolution'), dns ? _('On: containers find each other by their names') : _('Off')),
          property(_('DNS servers'), servers.join(', ')),
          property(_('Created'), formatMoment(new Date(created))),
        ]}
      />
      <Properties title={_('Addresses')} items={(network.subnets ?? []).map(subnetProperty)}>
        {(network.routes ?? []).map(({ destination, gateway }) => (
          <p key={`${destination} ${gateway}`}>{format(_('Route to {destination} by {gateway}'), { destination, gateway })}</p>
        ))}
      </Properties>
      <Properties title={_('Topology')}>
        <Topology network={network} containers={containers} />
      </Properties>
      <Properties title={_('Containers')}>
        <Members network={network} containers={containers} />
      </Properties>
      {options.length > 0 && <KeyValues title={_('Options')} entries={options} />}
      {labels.length > 0 && <KeyValues title={_('Labels')} entries={labels} />}
    </div>
  )
}

type Subnet = NonNullable<Network['subnets']>[number]

function subnetProperty({ subnet, gateway, lease_range: range }: Subnet) {
  const parts = [
    gateway ? format(_('gateway {gateway}'), { gateway }) : undefined,
    range?.start_ip || range?.end_ip
      ? format(_('addresses {first} to {last}'), { first: range.start_ip ?? '…', last: range.end_ip ?? '…' })
      : undefined,
  ]
  return property(subnet, parts.filter(Boolean).join(', ') || '–')
}
