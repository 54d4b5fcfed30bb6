import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'

import { memo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { formatNumber } from '../i18n/format.ts'
import { _, C_, format } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { type Action, ActionsMenu } from '../ui/actions-menu.tsx'
import { useCommands } from '../ui/commands.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { ImportCheckpointDialog, PruneContainersDialog } from './dialogs/lazy.ts'
import type { StateFilter } from './filtering.ts'
import { FilterMenu } from './list/filter-menu.tsx'
import type { FilterState } from './list/use-container-filter.ts'
import { ViewMenu } from './list/view-menu.tsx'
import type { ViewSettings } from './list/view-settings.ts'

interface ContainersToolbarProps {
  /** All containers, to filter by what they have. */
  containers: readonly ContainerSummary[]
  filters: FilterState
  counts: Record<StateFilter, number>
  settings: ViewSettings
  onSettings: (change: Partial<ViewSettings>) => void
}

/** Filters and view of the list, and the actions that create and prune. */
export function ContainersToolbar({ containers, filters, counts, settings, onSettings }: ContainersToolbarProps) {
  return (
    <Toolbar className="berth-toolbar berth-containers-toolbar">
      <ToolbarContent>
        <Filters containers={containers} filters={filters} counts={counts} />
        <ToolbarItem>
          <View settings={settings} onChange={onSettings} />
        </ToolbarItem>
        <Create />
      </ToolbarContent>
    </Toolbar>
  )
}

// What follows does not depend on what is typed, and is not rendered again for each key.

const View = memo(ViewMenu)

const Create = memo(function Create() {
  const { createContainer, createPod } = useCommands()
  return (
    <ToolbarGroup align={{ default: 'alignEnd' }} className="berth-toolbar-actions">
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
      <ToolbarItem className="berth-toolbar-menu">
        <MoreMenu />
      </ToolbarItem>
    </ToolbarGroup>
  )
})

function Filters({ containers, filters, counts }: Pick<ContainersToolbarProps, 'containers' | 'filters' | 'counts'>) {
  const { filter, setText, setState, toggle } = filters
  return (
    <>
      <ToolbarItem className="berth-search">
        <SearchInput
          value={filter.text}
          onChange={(_event, text) => setText(text)}
          onClear={() => setText('')}
          placeholder={_('Filter by name, image, pod…')}
          aria-label={_('Filter containers')}
          resetButtonLabel={_('Clear filter')}
        />
      </ToolbarItem>
      <ToolbarItem>
        <States state={filter.state} counts={counts} onState={setState} />
      </ToolbarItem>
      <ToolbarItem>
        <FilterMenu containers={containers} filter={filter} onToggle={toggle} />
      </ToolbarItem>
    </>
  )
}

interface StatesProps {
  state: StateFilter
  counts: Record<StateFilter, number>
  onState: (state: StateFilter) => void
}

const States = memo(function States({ state, counts, onState }: StatesProps) {
  const states: [StateFilter, string][] = [
    ['all', C_('state', 'All')],
    ['running', C_('state', 'Running')],
    ['stopped', C_('state', 'Stopped')],
  ]
  return (
    <ToggleGroup aria-label={_('State')}>
      {states.map(([key, title]) => (
        <ToggleGroupItem
          key={key}
          buttonId={`state-${key}`}
          text={format('{title} {count}', { title, count: formatNumber(counts[key]) })}
          isSelected={state === key}
          onChange={() => onState(key)}
        />
      ))}
    </ToggleGroup>
  )
})

function MoreMenu() {
  const { open } = useDialogs()
  const { can } = useEngine()
  const importCheckpoint: Action = {
    key: 'import',
    title: _('Import checkpoint…'),
    reason: can.checkpointReason,
    run: () => open((close) => <ImportCheckpointDialog onClose={close} />),
  }
  const prune: Action = {
    key: 'prune',
    title: _('Prune…'),
    danger: true,
    run: () => open((close) => <PruneContainersDialog onClose={close} />),
  }
  return <ActionsMenu label={_('More container actions')} groups={[[importCheckpoint], [prune]]} />
}
