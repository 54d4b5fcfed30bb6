import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox'
import { Radio } from '@patternfly/react-core/dist/esm/components/Radio'
import ColumnsIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-columns-icon'
import { useId } from 'react'

import { _ } from '../../i18n/gettext.ts'
import { PanelGroup, PanelMenu } from '../../ui/panel-menu.tsx'
import { type Grouping, groupings } from '../grouping.ts'
import { columns } from './columns.ts'
import type { ViewSettings } from './view-settings.ts'

const groupTitle: Record<Grouping, () => string> = {
  all: () => _('Pod or Compose project'),
  pod: () => _('Pod'),
  compose: () => _('Compose project'),
  none: () => _('No groups'),
}

interface ViewMenuProps {
  settings: ViewSettings
  onChange: (change: Partial<ViewSettings>) => void
}

/** What the list is grouped by, and which columns it has. */
export function ViewMenu(props: ViewMenuProps) {
  return (
    <PanelMenu label={_('View')} icon={<ColumnsIcon />}>
      {() => <Choices {...props} />}
    </PanelMenu>
  )
}

function Choices({ settings, onChange }: ViewMenuProps) {
  const id = useId()
  return (
    <>
      <PanelGroup title={_('Group by')}>
        {groupings.map((group) => (
          <Radio
            key={group}
            id={`${id}-${group}`}
            name={`${id}-group`}
            label={groupTitle[group]()}
            isChecked={settings.group === group}
            onChange={() => onChange({ group })}
          />
        ))}
      </PanelGroup>
      <PanelGroup title={_('Columns')}>
        {columns.map(({ key, title }) => (
          <Checkbox
            key={key}
            id={`${id}-${key}`}
            label={title()}
            isChecked={settings.columns.includes(key)}
            onChange={() => onChange({ columns: toggled(settings.columns, key) })}
          />
        ))}
      </PanelGroup>
    </>
  )
}

const toggled = <T,>(list: readonly T[], item: T): T[] =>
  list.includes(item) ? list.filter((each) => each !== item) : [...list, item]
