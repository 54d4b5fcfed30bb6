import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Switch } from '@patternfly/react-core/dist/esm/components/Switch'
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'

import { useEngine } from '../../engine/engine-context.tsx'
import { formatNumber } from '../../i18n/format.ts'
import { _, C_, format } from '../../i18n/gettext.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { ImportDialog, LoadDialog, PruneImagesDialog, PullDialog } from '../dialogs/lazy.ts'
import type { ImageFilter, UsageFilter } from '../image-rows.ts'

interface ImagesToolbarProps {
  filter: ImageFilter
  onText: (text: string) => void
  onUsage: (use: UsageFilter) => void
  onDangling: (shown: boolean) => void
  /** Undefined while loading. */
  counts: (Record<UsageFilter, number> & { dangling: number }) | undefined
}

/** Filters of the list, and actions that add images. An empty list has no filters. */
export function ImagesToolbar(props: ImagesToolbarProps) {
  const { counts } = props
  const empty = counts !== undefined && counts.all + counts.dangling === 0
  return (
    <Toolbar className="berth-toolbar berth-images-toolbar">
      <ToolbarContent>
        {!empty && <Filters {...props} />}
        <ToolbarGroup align={{ default: 'alignEnd' }} className="berth-toolbar-actions">
          {!empty && <UpdatesButton />}
          <ToolbarItem>
            <PullButton />
          </ToolbarItem>
          <ToolbarItem className="berth-toolbar-menu">
            <MoreMenu />
          </ToolbarItem>
        </ToolbarGroup>
      </ToolbarContent>
    </Toolbar>
  )
}

function Filters({ filter, onText, onUsage, onDangling, counts }: ImagesToolbarProps) {
  const uses: [UsageFilter, string][] = [
    ['all', C_('images', 'All')],
    ['used', C_('images', 'In use')],
    ['unused', C_('images', 'Unused')],
  ]
  return (
    <>
      <ToolbarItem className="berth-search">
        <SearchInput
          value={filter.text}
          onChange={(_event, text) => onText(text)}
          onClear={() => onText('')}
          placeholder={_('Filter by name or ID…')}
          aria-label={_('Filter images')}
          resetButtonLabel={_('Clear filter')}
        />
      </ToolbarItem>
      <ToolbarItem>
        <ToggleGroup aria-label={_('Usage')}>
          {uses.map(([key, title]) => (
            <ToggleGroupItem
              key={key}
              buttonId={`use-${key}`}
              text={counts ? format('{title} {count}', { title, count: formatNumber(counts[key]) }) : title}
              isSelected={filter.use === key}
              onChange={() => onUsage(key)}
            />
          ))}
        </ToggleGroup>
      </ToolbarItem>
      {counts && counts.dangling > 0 && (
        <ToolbarItem className="berth-toolbar-text">
          <Switch
            label={format(_('Dangling ({count})'), { count: counts.dangling })}
            isChecked={filter.dangling}
            onChange={(_event, shown) => onDangling(shown)}
          />
        </ToolbarItem>
      )}
    </>
  )
}

/** Opens the pull dialog. */
export function PullButton() {
  const { open } = useDialogs()
  return (
    <Button variant="primary" onClick={() => open((close) => <PullDialog onClose={close} />)}>
      {_('Pull image')}
    </Button>
  )
}

/** Starts or stops the check for updates. */
function UpdatesButton() {
  const { data, can } = useEngine()
  const { checking } = useStore(data.updates.state)
  if (!can.does('image.updates')) return null
  return (
    <ToolbarItem>
      <Button
        variant="secondary"
        isLoading={checking}
        spinnerAriaLabel={_('Checking for updates')}
        onClick={() => (checking ? data.updates.stop() : void data.updates.check())}
      >
        {checking ? _('Stop checking') : _('Check for updates')}
      </Button>
    </ToolbarItem>
  )
}

function MoreMenu() {
  const { open } = useDialogs()
  return (
    <ActionsMenu
      label={_('More image actions')}
      groups={[
        [
          { key: 'load', title: _('Load images…'), run: () => open((close) => <LoadDialog onClose={close} />) },
          { key: 'import', title: _('Import tarball…'), run: () => open((close) => <ImportDialog onClose={close} />) },
        ],
        [{ key: 'prune', title: _('Prune…'), danger: true, run: () => open((close) => <PruneImagesDialog onClose={close} />) }],
      ]}
    />
  )
}
