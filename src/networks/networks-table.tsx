import { Label } from '@patternfly/react-core/dist/esm/components/Label'

import { nameOf } from '../engine/container-summary.ts'
import type { ContainerSummary, Network } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { _, format } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { DataTable, type TableColumn } from '../ui/tables/data-table.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { useNetworkActions } from './network-actions.tsx'
import type { NetworkRow } from './network-rows.ts'

const columns: readonly TableColumn<NetworkRow>[] = [
  {
    key: 'name',
    title: () => _('Name'),
    className: 'berth-title-cell',
    cell: ({ network }) => (
      <>
        <a className="berth-name" title={network.name} href={linkTo(['networks', network.name])}>
          {network.name}
        </a>{' '}
        <NetworkMarks network={network} />
      </>
    ),
  },
  { key: 'driver', title: () => _('Driver'), width: 6.5, cell: ({ network }) => network.driver },
  { key: 'subnets', title: () => _('Subnets'), width: 12, cell: ({ network }) => <Subnets network={network} /> },
  {
    key: 'containers',
    title: () => _('Containers'),
    width: 13,
    cell: ({ network, containers }) => <Members network={network.name} containers={containers} />,
  },
  {
    key: 'created',
    title: () => _('Created'),
    width: 9,
    nowrap: true,
    cell: ({ network }) => <TimeAgo value={network.created} />,
  },
  {
    key: 'actions',
    title: () => _('Actions'),
    width: 4,
    actions: true,
    cell: ({ network }) => <NetworkMenu network={network} />,
  },
]

/** The networks. */
export function NetworksTable({ rows }: { rows: readonly NetworkRow[] }) {
  return <DataTable label={_('Networks')} className="berth-networks" rows={rows} columns={columns} keyOf={keyOf} />
}

const keyOf = ({ network }: NetworkRow): string => network.id

function Subnets({ network: { subnets } }: { network: Network }) {
  if (!subnets || subnets.length === 0) return <span aria-hidden="true">–</span>
  return subnets.map(({ subnet }) => <div key={subnet}>{subnet}</div>)
}

function NetworkMenu({ network }: { network: Network }) {
  const groups = useNetworkActions()(network)
  if (groups.length === 0) return null
  return <ActionsMenu label={format(_('Actions for {name}'), { name: network.name })} groups={groups} />
}

/** What is special about a network. */
export function NetworkMarks({ network: { internal, read_only: readOnly } }: { network: Network }) {
  return (
    <>
      {internal && (
        <Label isCompact variant="outline">
          {_('Internal')}
        </Label>
      )}
      {readOnly === true && (
        <Label isCompact variant="outline">
          {_('Read-only')}
        </Label>
      )}
    </>
  )
}

const shown = 3

function Members({ network, containers }: { network: string; containers: readonly ContainerSummary[] }) {
  if (containers.length === 0) return <span className="berth-quiet">{_('None')}</span>
  const more = containers.length - shown
  return (
    <div className="berth-used">
      {containers.slice(0, more === 1 ? shown + 1 : shown).map((container) => (
        <a key={container.Id} href={linkTo(['containers', container.Id])}>
          {nameOf(container)}
        </a>
      ))}
      {more > 1 && <a href={linkTo(['networks', network])}>{format(_('{count} more'), { count: more })}</a>}
    </div>
  )
}
