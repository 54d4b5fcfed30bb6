import { nameOf } from '../../engine/container-summary.ts'
import type { ContainerSummary, Network } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { _, format } from '../../i18n/gettext.ts'
import { addressesOf } from './addresses.ts'

/** Containers that the picture has room for. */
const most = 24

interface TopologyProps {
  network: Network
  containers: readonly ContainerSummary[]
}

/** A picture: the host above, the network as a bar, and its containers hanging from it with the other networks that they are in. */
export function Topology({ network, containers }: TopologyProps) {
  const { name, internal, subnets } = network
  const gateways = (subnets ?? []).flatMap(({ gateway }) => gateway ?? [])
  const more = containers.length - most
  return (
    <div className="berth-topology">
      <div className={`berth-topology-host ${internal ? 'berth-topology-cut' : ''}`}>
        <span>{_('Host')}</span>
        <small>{internal ? _('no way outside') : gateways.join(', ')}</small>
      </div>
      <div className="berth-topology-bar">{name}</div>
      <ul className="berth-topology-members">
        {containers.slice(0, most).map((container) => (
          <li key={container.Id} className={container.State === 'running' ? '' : 'berth-topology-off'}>
            <a href={linkTo(['containers', container.Id])}>{nameOf(container)}</a>
            <small>{addressesOf(network, container.Id).join(', ') || _('not running')}</small>
            {(container.Networks ?? [])
              .filter((other) => other !== name)
              .map((other) => (
                <small key={other}>
                  {_('also in')} <a href={linkTo(['networks', other])}>{other}</a>
                </small>
              ))}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="berth-quiet">{format(_('and {count} more'), { count: more })}</p>}
    </div>
  )
}
