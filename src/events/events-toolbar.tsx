import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'

import { _ } from '../i18n/gettext.ts'
import { kinds, kindTitles, periods, periodTitles, type useEventFilter } from './event-filter.ts'

/** The filters of the page. */
export function EventsToolbar({ filter }: { filter: ReturnType<typeof useEventFilter> }) {
  const { text, kind, period, setText, setKind, setPeriod } = filter
  return (
    <Toolbar className="berth-toolbar">
      <ToolbarContent>
        <ToolbarItem className="berth-search">
          <SearchInput
            value={text}
            onChange={(_event, next) => setText(next)}
            onClear={() => setText('')}
            placeholder={_('Filter by text…')}
            aria-label={_('Filter the events')}
            resetButtonLabel={_('Clear filter')}
          />
        </ToolbarItem>
        <ToolbarItem>
          <FormSelect aria-label={_('Type')} value={kind} onChange={(_event, next) => setKind(next)}>
            {kinds.map((each) => (
              <FormSelectOption key={each} value={each} label={kindTitles()[each]} />
            ))}
          </FormSelect>
        </ToolbarItem>
        <ToolbarItem>
          <FormSelect aria-label={_('Period')} value={period} onChange={(_event, next) => setPeriod(next)}>
            {periods.map((each) => (
              <FormSelectOption key={each} value={each} label={periodTitles()[each]} />
            ))}
          </FormSelect>
        </ToolbarItem>
      </ToolbarContent>
    </Toolbar>
  )
}
