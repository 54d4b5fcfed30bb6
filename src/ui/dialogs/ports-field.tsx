import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { emptyPort, type Port } from '../../engine/fields/port-rows.ts'
import { usedPort } from '../../engine/fields/used-ports.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { type Rows, RowsField } from './rows-field.tsx'

interface PortsFieldProps extends Rows<Port> {
  /** The name of the container that is changed, whose own ports are not in its way. */
  owner?: string | undefined
}

/** The published ports of a container or pod. It says which of them others that run have. */
export function PortsField({ owner, ...rows }: PortsFieldProps) {
  return (
    <RowsField
      {...rows}
      help={<UsedPorts rows={rows.rows} owner={owner} />}
      title={_('Ports')}
      add={_('Add port')}
      empty={emptyPort}
      columns={[
        { key: 'host', label: _('Host port'), placeholder: '8080' },
        { key: 'container', label: _('Container port'), placeholder: '80' },
        {
          key: 'protocol',
          label: _('Protocol'),
          options: [
            ['tcp', 'TCP'],
            ['udp', 'UDP'],
          ],
          narrow: true,
        },
        { key: 'address', label: _('Host IP address'), placeholder: _('All addresses') },
      ]}
    />
  )
}

function UsedPorts({ rows, owner }: { rows: readonly Port[]; owner: string | undefined }) {
  const { data } = useEngine()
  const containers = useStore(data.containers).items ?? []
  const others = owner === undefined ? containers : containers.filter((each) => nameOf(each) !== owner)
  const used = rows.flatMap((row) => usedPort(row, others) ?? [])
  return used.map(({ port, user }) => (
    <HelperText key={port} isLiveRegion>
      <HelperTextItem variant="warning">
        {format(_('Port {port} is used by {name}, which runs. Choose another one, or none for a free one.'), {
          port: String(port),
          name: user,
        })}
      </HelperTextItem>
    </HelperText>
  ))
}
