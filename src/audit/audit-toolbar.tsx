import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'

import { _ } from '../i18n/gettext.ts'
import { type AuditFilters, kinds, periods, results } from './audit-filter.ts'
import { useExport } from './use-export.ts'
import { kindTitles, periodTitles, resultTitles } from './titles.ts'

/** Filters of the log, and its export. */
export function AuditToolbar({ filters, allUsers }: { filters: AuditFilters; allUsers: boolean }) {
  const { filter, setText, setUser, setKind, setResult, setPeriod } = filters
  const save = useExport(filter)
  return (
    <Toolbar className="berth-toolbar berth-audit-toolbar">
      <ToolbarContent>
        <ToolbarItem className="berth-search">
          <SearchInput
            value={filter.text}
            onChange={(_event, text) => setText(text)}
            onClear={() => setText('')}
            placeholder={_('Filter by text…')}
            aria-label={_('Filter the audit log')}
            resetButtonLabel={_('Clear filter')}
          />
        </ToolbarItem>
        {allUsers && (
          <ToolbarItem className="berth-audit-user">
            <TextInput
              type="search"
              value={filter.user}
              onChange={(_event, user) => setUser(user)}
              placeholder={_('All users')}
              aria-label={_('User')}
            />
          </ToolbarItem>
        )}
        <Choice label={_('Operations')} value={filter.kind} values={kinds} titles={kindTitles()} onChange={setKind} />
        <Choice label={_('Result')} value={filter.result} values={results} titles={resultTitles()} onChange={setResult} />
        <Choice label={_('Period')} value={filter.period} values={periods} titles={periodTitles()} onChange={setPeriod} />
        <ToolbarGroup align={{ default: 'alignEnd' }} className="berth-toolbar-actions">
          <ToolbarItem>
            <Button variant="secondary" onClick={() => void save('csv')}>
              {_('Export CSV')}
            </Button>
          </ToolbarItem>
          <ToolbarItem>
            <Button variant="secondary" onClick={() => void save('json')}>
              {_('Export JSON')}
            </Button>
          </ToolbarItem>
        </ToolbarGroup>
      </ToolbarContent>
    </Toolbar>
  )
}

interface ChoiceProps<T extends string> {
  label: string
  value: T
  values: readonly T[]
  titles: Record<T, string>
  onChange: (value: T) => void
}

function Choice<T extends string>({ label, value, values, titles, onChange }: ChoiceProps<T>) {
  return (
    <ToolbarItem>
      <FormSelect aria-label={label} value={value} onChange={(_event, next) => onChange(next as T)}>
        {values.map((each) => (
          <FormSelectOption key={each} value={each} label={titles[each]} />
        ))}
      </FormSelect>
    </ToolbarItem>
  )
}
