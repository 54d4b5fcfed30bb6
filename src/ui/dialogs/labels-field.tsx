import { _ } from '../../i18n/gettext.ts'
import { type Rows, RowsField } from './rows-field.tsx'

/** Labels: names and their values. */
export function LabelsField(props: Rows<Record<'name' | 'value', string>>) {
  return (
    <RowsField
      {...props}
      title={_('Labels')}
      add={_('Add label')}
      empty={{ name: '', value: '' }}
      columns={[
        { key: 'name', label: _('Label'), placeholder: 'org.example.name' },
        { key: 'value', label: _('Label value') },
      ]}
    />
  )
}
