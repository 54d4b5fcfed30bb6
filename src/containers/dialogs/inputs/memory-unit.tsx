import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'

import { _ } from '../../../i18n/gettext.ts'
import type { MemoryUnit } from '../draft.ts'

/** The unit beside a limit of memory. */
export function MemoryUnitSelect({ value, onChange }: { value: MemoryUnit; onChange: (unit: MemoryUnit) => void }) {
  return (
    <FormSelect
      value={value}
      aria-label={_('Memory limit unit')}
      className="berth-unit"
      onChange={(_event, unit) => onChange(unit as MemoryUnit)}
    >
      <FormSelectOption value="MiB" label="MiB" />
      <FormSelectOption value="GiB" label="GiB" />
    </FormSelect>
  )
}
