import { emptyPort, type Port } from '../../engine/fields/port-rows.ts'
import { _ } from '../../i18n/gettext.ts'
import { type Rows, RowsField } from './rows-field.tsx'

/** The published ports of a container or pod. */
export function PortsField(props: Rows<Port>) {
  return (
    <RowsField
      {...props}
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
