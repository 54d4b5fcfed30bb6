import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox'

import { _ } from '../../i18n/gettext.ts'
import { type ImageRow, type ImageSort, imageSortKeys, parseImageSort, writeImageSort } from '../image-rows.ts'
import { selectable, isAllSelected, type Selection } from './selection.ts'

interface NarrowOrderProps {
  sort: ImageSort
  onSort: (sort: ImageSort) => void
  rows: readonly ImageRow[]
  selection: Selection
}

/** Sorting and selecting all, for screens too narrow for column headers. */
export function NarrowOrder({ sort, onSort, rows, selection }: NarrowOrderProps) {
  const titles = { name: _('Name'), size: _('Size'), created: _('Created'), used: _('Used by') }
  const options = imageSortKeys.flatMap((key): [string, string][] => [
    [writeImageSort({ key, descending: false }), `${titles[key]} ↑`],
    [writeImageSort({ key, descending: true }), `${titles[key]} ↓`],
  ])
  return (
    <div className="berth-narrow-order">
      <Checkbox
        id="berth-choose-all-narrow"
        label={_('Select all')}
        isChecked={isAllSelected(selection, rows)}
        onChange={(_event, on) => selection.set(on ? selectable(rows) : [])}
      />
      <label>
        {_('Sort by')}
        <FormSelect
          aria-label={_('Sort by')}
          value={writeImageSort(sort)}
          onChange={(_event, value) => onSort(parseImageSort(value))}
        >
          {options.map(([value, title]) => (
            <FormSelectOption key={value} value={value} label={title} />
          ))}
        </FormSelect>
      </label>
    </div>
  )
}
