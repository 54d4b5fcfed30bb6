import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary, Network } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { _, format } from '../../i18n/gettext.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { DisconnectDialog } from '../dialogs/lazy.ts'
import { addressesOf, hardwareAddressOf } from './addresses.ts'

interface MembersProps {
  network: Network
  containers: readonly ContainerSummary[]
}

/** The containers of a network with their addresses there, and a way out of it for each. */
export function Members({ network, containers }: MembersProps) {
  const { can } = useEngine()
  const { open } = useDialogs()
  if (containers.length === 0) return <p className="berth-quiet">{_('No containers are in this network')}</p>
  return (
    <Table role="table" aria-label={_('Containers of the network')} variant="compact" borders={false}>
      <Thead>
        <Tr>
          <Th>{_('Name')}</Th>
          <Th>{_('Addresses')}</Th>
          <Th>{_('MAC address')}</Th>
          <Th screenReaderText={_('Actions')} />
        </Tr>
      </Thead>
      <Tbody>
        {containers.map((container) => {
          const name = nameOf(container)
          return (
            <Tr key={container.Id}>
              <Td dataLabel={_('Name')}>
                <a href={linkTo(['containers', container.Id])}>{name}</a>
              </Td>
              <Td dataLabel={_('Addresses')}>
                {addressesOf(network, container.Id).join(', ') || <span className="berth-quiet">{_('None: not running')}</span>}
              </Td>
              <Td dataLabel={_('MAC address')}>{hardwareAddressOf(network, container.Id) ?? '–'}</Td>
              <Td isActionCell>
                {can.does('network.disconnect') && (
                  <Button
                    variant="link"
                    isInline
                    aria-label={format(_('Disconnect {name}'), { name })}
                    onClick={() => open((close) => <DisconnectDialog network={network} container={container} onClose={close} />)}
                  >
                    {_('Disconnect…')}
                  </Button>
                )}
              </Td>
            </Tr>
          )
        })}
      </Tbody>
    </Table>
  )
}
