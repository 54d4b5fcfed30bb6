import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'

import { useEngine } from '../engine/engine-context.tsx'
import { _, C_, format } from '../i18n/gettext.ts'
import { useCommands } from '../ui/commands.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { ImportCheckpointDialog } from './dialogs/import-checkpoint-dialog.tsx'
import type { StateFilter } from './filtering.ts'

interface ContainersToolbarProps {
  filter: string
  onFilter: (text: string) => void
  state: StateFilter
  onState: (state: StateFilter) => void
  counts: Record<StateFilter, number>
}

/** Filters of the list, and the buttons that create containers and pods. */
export function ContainersToolbar({ filter, onFilter, state, onState, counts }: ContainersToolbarProps) {
  const { open } = useDialogs()
  const { createContainer, createPod } = useCommands()
  const { can } = useEngine()
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
            resetButtonLabel={_('Clear filter')}
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
          {can.checkpointReason === undefined && (
            <ToolbarItem>
              <Button variant="secondary" onClick={() => open((close) => <ImportCheckpointDialog onClose={close} />)}>
                {_('Import checkpoint')}
              </Button>
            </ToolbarItem>
          )}
          <ToolbarItem>
            <Button variant="secondary" onClick={createPod}>
              {_('Create pod')}
            </Button>
          </ToolbarItem>
          <ToolbarItem>
            <Button variant="primary" onClick={() => createContainer()}>
              {_('Create container')}
            </Button>
          </ToolbarItem>
        </ToolbarGroup>
      </ToolbarContent>
    </Toolbar>
  )
}
