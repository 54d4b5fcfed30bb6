import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useMemo } from 'react'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary, Network } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { _, format } from '../../i18n/gettext.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { DataTable, type TableColumn } from '../../ui/tables/data-table.tsx'
import { DisconnectDialog } from '../dialogs/lazy.ts'
import { addressesOf, hardwareAddressOf } from './addresses.ts'

interface MembersProps {
  network: Network
  containers: readonly ContainerSummary[]
}

/** The containers of a network with their addresses there, and a way out of it for each. */
export function Members({ network, containers }: MembersProps) {
  const columns = useMemo(() => columnsOf(network), [network])
  if (containers.length === 0) return <p className="berth-quiet">{_('No containers are in this network.')}</p>
  return (
    <DataTable
      label={_('Containers of the network')}
      rows={containers}
      columns={columns}
      keyOf={keyOf}
      estimate={41}
      breakPoint="grid-md"
    />
  )
}

const keyOf = ({ Id }: ContainerSummary): string => Id

function columnsOf(network: Network): readonly TableColumn<ContainerSummary>[] {
  return [
    {
      key: 'name',
      title: () => _('Name'),
      className: 'berth-title-cell',
      cell: (container) => (
        <a className="berth-name" title={nameOf(container)} href={linkTo(['containers', container.Id])}>
          {nameOf(container)}
        </a>
      ),
    },
    {
      key: 'addresses',
      title: () => _('Addresses'),
      cell: ({ Id }) => <Addresses network={network} container={Id} />,
    },
    {
      key: 'actions',
      title: () => _('Actions'),
      width: 8,
      actions: true,
      cell: (container) => <DisconnectButton network={network} container={container} />,
    },
  ]
}

function Addresses({ network, container }: { network: Network; container: string }) {
  const addresses = addressesOf(network, container)
  const hardware = hardwareAddressOf(network, container)
  if (addresses.length === 0) return <span className="berth-quiet">{_('None: not running')}</span>
  return (
    <>
      {addresses.map((address) => (
        <div key={address}>{address}</div>
      ))}
      {hardware !== undefined && (
        <div className="berth-quiet berth-small" title={_('MAC address')}>
          {hardware}
        </div>
      )}
    </>
  )
}

function DisconnectButton({ network, container }: { network: Network; container: ContainerSummary }) {
  const { can } = useEngine()
  const { open } = useDialogs()
  if (!can.does('network.disconnect')) return null
  return (
    <Button
      variant="link"
      size="sm"
      className="berth-nowrap"
      aria-label={format(_('Disconnect {name}'), { name: nameOf(container) })}
      onClick={() => open((close) => <DisconnectDialog network={network} container={container} onClose={close} />)}
    >
      {_('Disconnect…')}
    </Button>
  )
}
