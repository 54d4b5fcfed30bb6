import { _ } from '../../lib/gettext.ts'
import { RowsField } from '../../ui/rows-field.tsx'
import { emptyPort, emptyVariable, emptyVolume, type Port, type Variable, type Volume } from './draft.ts'

interface Rows<R> {
  rows: readonly R[]
  onChange: (rows: readonly R[]) => void
  errors: readonly (string | undefined)[]
}

/** Ports of the host that lead into the container or pod. */
export function PortsField(props: Rows<Port>) {
  return (
    <RowsField
      {...props}
      title={_('Ports')}
      add={_('Add port')}
      empty={emptyPort}
      columns={[
        { key: 'host', label: _('Host port'), placeholder: _('Host, e.g. 8080') },
        { key: 'container', label: _('Container port'), placeholder: _('Container, e.g. 80') },
        {
          key: 'protocol',
          label: _('Protocol'),
          options: [
            ['tcp', 'TCP'],
            ['udp', 'UDP'],
          ],
          narrow: true,
        },
        { key: 'address', label: _('Address of the host'), placeholder: _('All addresses') },
      ]}
    />
  )
}

/** Environment variables. */
export function VariablesField(props: Rows<Variable>) {
  return (
    <RowsField
      {...props}
      title={_('Environment')}
      add={_('Add variable')}
      empty={emptyVariable}
      columns={[
        { key: 'name', label: _('Variable'), placeholder: 'NAME' },
        { key: 'value', label: _('Value') },
      ]}
    />
  )
}

/** Folders of the host and volumes inside the container. */
export function VolumesField(props: Rows<Volume>) {
  return (
    <RowsField
      {...props}
      title={_('Volumes')}
      add={_('Add volume')}
      empty={emptyVolume}
      columns={[
        { key: 'source', label: _('Path on the host, or volume'), placeholder: _('/path or volume') },
        { key: 'target', label: _('Path in the container'), placeholder: '/data' },
        {
          key: 'mode',
          label: _('Access'),
          options: [
            ['rw', _('Read and write')],
            ['ro', _('Read only')],
          ],
          narrow: true,
        },
      ]}
    />
  )
}
