import { _ } from '../../i18n/gettext.ts'
import { type Rows, RowsField } from '../../ui/dialogs/rows-field.tsx'
import { emptyVariable, emptyVolume, type Variable, type Volume } from './draft.ts'

/** Environment variables. */
export function VariablesField(props: Rows<Variable>) {
  return (
    <RowsField
      {...props}
      title={_('Environment variables')}
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
        { key: 'source', label: _('Host path or volume name'), placeholder: _('/path or volume name') },
        { key: 'target', label: _('Container path'), placeholder: '/data' },
        {
          key: 'mode',
          label: _('Mode'),
          options: [
            ['rw', _('Read-write')],
            ['ro', _('Read-only')],
          ],
          narrow: true,
        },
      ]}
    />
  )
}
