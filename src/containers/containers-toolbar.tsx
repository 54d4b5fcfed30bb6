import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'

import { _, C_, format } from '../lib/gettext.ts'
import { useDialogs } from '../ui/dialogs.tsx'
import { CreatePodDialog } from '../pods/dialogs/create-pod-dialog.tsx'
import { CreateContainerDialog } from './dialogs/create-container-dialog.tsx'
import type { StateFilter } from './filtering.ts'

interface ContainersToolbarProps {
  filter: string
  onFilter: (text: string) => void
  state: StateFilter
  onState: (state: StateFilter) => void
  counts: Record<StateFilter, number>
}

/** What is shown of the containers, and making new ones. */
export function ContainersToolbar({ filter, onFilter, state, onState, counts }: ContainersToolbarProps) {
  const { open } = useDialogs()
  const states: [StateFilter, string][] = [
    ['all', C_('state', 'All')],
    ['running', C_('state', 'Running')],
    ['stopped', C_('state', 'Stopped')],
  ]
  return (
    <Toolbar className="berth-toolbar">
      <ToolbarContent>
        <ToolbarItem className="berth-search">
          <SearchInput
            value={filter}
            onChange={(_event, text) => onFilter(text)}
            onClear={() => onFilter('')}
            placeholder={_('Filter by name, image, pod…')}
            aria-label={_('Filter containers')}
            resetButtonLabel={_('Clear the filter')}
          />
        </ToolbarItem>
        <ToolbarItem>
          <ToggleGroup aria-label={_('State')}>
            {states.map(([key, title]) => (
              <ToggleGroupItem
                key={key}
                buttonId={`state-${key}`}
                text={format('{title} {count}', { title, count: counts[key] })}
                isSelected={state === key}
                onChange={() => onState(key)}
              />
            ))}
          </ToggleGroup>
        </ToolbarItem>
        <ToolbarGroup align={{ default: 'alignEnd' }} className="berth-toolbar-actions">
          <ToolbarItem>
            <Button variant="secondary" onClick={() => open((close) => <CreatePodDialog onClose={close} />)}>
              {_('Create pod')}
            </Button>
          </ToolbarItem>
          <ToolbarItem>
            <Button variant="primary" onClick={() => open((close) => <CreateContainerDialog onClose={close} />)}>
              {_('Create container')}
            </Button>
          </ToolbarItem>
        </ToolbarGroup>
      </ToolbarContent>
    </Toolbar>
  )
}
