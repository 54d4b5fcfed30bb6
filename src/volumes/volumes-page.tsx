import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import FolderIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-folder-icon'
import { useCallback, useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { useQuery } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { formatNumber, formatSize } from '../i18n/format.ts'
import { _, C_, format, ngettext } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { EmptyView, ErrorView, NoResults } from '../ui/empty-states.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { TableSkeleton } from '../ui/tables/table-skeleton.tsx'
import { CreateVolumeDialog, PruneVolumesDialog } from './dialogs/lazy.ts'
import { parseVolumeSort, type UseFilter, volumeRows, type VolumeSort, writeVolumeSort } from './volume-rows.ts'
import { VolumesTable } from './volumes-table.tsx'

/** All volumes of the store. */
export function VolumesPage() {
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle beside={<Sum />}>{_('Volumes')}</PageTitle>
      <Volumes />
    </PageSection>
  )
}

function Sum() {
  const { data } = useEngine()
  const { items } = useStore(data.volumes)
  const usage = useStore(data.volumeUsage).items
  if (!items || items.length === 0) return null
  const volumes = ngettext('{n} volume', '{n} volumes', items.length)
  return (
    <span className="berth-quiet">
      {usage && usage.length > 0
        ? format(_('{volumes}, {size}'), { volumes, size: formatSize(usage.reduce((sum, { Size }) => sum + Size, 0)) })
        : volumes}
    </span>
  )
}

function Volumes() {
  const { data } = useEngine()
  const { items, error } = useStore(data.volumes)
  const usage = useStore(data.volumeUsage).items
  const [text, setText] = useQuery('filter', '')
  const [use, setUse] = useQuery<UseFilter>('use', 'all')
  const [sortText, setSort] = useQuery('sort', 'name')
  const sort = useMemo(() => parseVolumeSort(sortText), [sortText])
  const onSort = useCallback((next: VolumeSort) => setSort(writeVolumeSort(next)), [setSort])
  const rows = useMemo(() => volumeRows(items ?? [], usage ?? [], { text, use }, sort), [items, usage, text, use, sort])
  if (!items && error)
    return <ErrorView title={_('Failed to list volumes')} message={error.message} onRetry={() => void data.volumes.refresh()} />
  const clear = () => {
    setText('')
    setUse('all')
  }
  return (
    <>
      {error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card">
        {items?.length !== 0 && <VolumesToolbar text={text} onText={setText} use={use} onUse={setUse} />}
        <LiveRegion>{items && items.length > 0 ? ngettext('{n} row', '{n} rows', rows.length) : ''}</LiveRegion>
        {!items && <TableSkeleton columns={5} />}
        {rows.length > 0 && <VolumesTable rows={rows} sort={sort} onSort={onSort} />}
        {items && items.length > 0 && rows.length === 0 && <NoResults onClear={clear} />}
        {items?.length === 0 && (
          <EmptyView title={_('No volumes yet')} icon={FolderIcon} action={<CreateButton />}>
            {_('A volume keeps files of containers when these are removed or created again.')}
          </EmptyView>
        )}
      </Card>
    </>
  )
}

interface VolumesToolbarProps {
  text: string
  onText: (text: string) => void
  use: UseFilter
  onUse: (use: UseFilter) => void
}

function VolumesToolbar({ text, onText, use, onUse }: VolumesToolbarProps) {
  const { data } = useEngine()
  const { open } = useDialogs()
  const usage = useStore(data.volumeUsage).items
  const used = usage?.filter(({ Containers }) => Containers.length > 0).length
  const uses: [UseFilter, string, number | undefined][] = [
    ['all', C_('volumes', 'All'), usage?.length],
    ['used', C_('volumes', 'In use'), used],
    ['unused', C_('volumes', 'Unused'), usage && used !== undefined ? usage.length - used : undefined],
  ]
  return (
    <Toolbar className="berth-toolbar berth-images-toolbar">
      <ToolbarContent>
        <ToolbarItem className="berth-search">
          <SearchInput
            value={text}
            onChange={(_event, next) => onText(next)}
            onClear={() => onText('')}
            placeholder={_('Filter by name or label…')}
            aria-label={_('Filter volumes')}
            resetButtonLabel={_('Clear filter')}
          />
        </ToolbarItem>
        <ToolbarItem>
          <ToggleGroup aria-label={_('Usage')}>
            {uses.map(([key, title, count]) => (
              <ToggleGroupItem
                key={key}
                buttonId={`use-${key}`}
                text={count === undefined ? title : format('{title} {count}', { title, count: formatNumber(count) })}
                isSelected={use === key}
                onChange={() => onUse(key)}
              />
            ))}
          </ToggleGroup>
        </ToolbarItem>
        <ToolbarGroup align={{ default: 'alignEnd' }} className="berth-toolbar-actions">
          <ToolbarItem>
            <CreateButton />
          </ToolbarItem>
          <ToolbarItem className="berth-toolbar-menu">
            <ActionsMenu
              label={_('More volume actions')}
              groups={[
                [
                  {
                    key: 'prune',
                    title: _('Prune…'),
                    danger: true,
                    run: () => open((close) => <PruneVolumesDialog onClose={close} />),
                  },
                ],
              ]}
            />
          </ToolbarItem>
        </ToolbarGroup>
      </ToolbarContent>
    </Toolbar>
  )
}

function CreateButton() {
  const { open } = useDialogs()
  return (
    <Button variant="primary" onClick={() => open((close) => <CreateVolumeDialog onClose={close} />)}>
      {_('Create volume')}
    </Button>
  )
}
