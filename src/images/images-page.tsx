import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import ImageIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-image-icon'
import { useMemo } from 'react'

import { useEngine } from '../lib/engine-context.tsx'
import { formatSize } from '../lib/format.ts'
import { _, format, ngettext } from '../lib/gettext.ts'
import { useQuery } from '../lib/location.ts'
import { useStore } from '../lib/use-store.ts'
import { useDialogs } from '../ui/dialogs.tsx'
import { CannotReach, NothingMatches, NothingYet } from '../ui/empty.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { TableSkeleton } from '../ui/table-skeleton.tsx'
import { PullDialog } from './dialogs/pull-dialog.tsx'
import { imageRows, parseImageSort, writeImageSort } from './image-rows.ts'
import { ImagesTable } from './images-table.tsx'

/** All images of the store. */
export function ImagesPage() {
  return (
    <PageSection isFilled aria-labelledby="berth-title">
      <PageTitle>{_('Images')}</PageTitle>
      <Images />
    </PageSection>
  )
}

function Images() {
  const { data } = useEngine()
  const { open } = useDialogs()
  const { items, error } = useStore(data.images)
  const [filter, setFilter] = useQuery('filter', '')
  const [sortText, setSort] = useQuery('sort', 'name')
  const sort = useMemo(() => parseImageSort(sortText), [sortText])
  const rows = useMemo(() => imageRows(items ?? [], filter, sort), [items, filter, sort])
  if (!items && error)
    return <CannotReach title={_('Images cannot be listed')} message={error.message} onRetry={() => void data.images.refresh()} />
  const total = (items ?? []).reduce((sum, image) => sum + image.Size, 0)
  const pull = (
    <Button variant="primary" onClick={() => open((close) => <PullDialog onClose={close} />)}>
      {_('Pull image')}
    </Button>
  )
  return (
    <Card isCompact className="berth-table-card">
      <Toolbar className="berth-toolbar">
        <ToolbarContent>
          <ToolbarItem className="berth-search">
            <SearchInput
              value={filter}
              onChange={(_event, text) => setFilter(text)}
              onClear={() => setFilter('')}
              placeholder={_('Filter by name or id…')}
              aria-label={_('Filter images')}
              resetButtonLabel={_('Clear the filter')}
            />
          </ToolbarItem>
          {items && (
            <ToolbarItem className="berth-quiet berth-toolbar-text">
              {format(_('{images}, {size}'), {
                images: ngettext('{n} image', '{n} images', items.length),
                size: formatSize(total),
              })}
            </ToolbarItem>
          )}
          <ToolbarItem align={{ default: 'alignEnd' }}>{pull}</ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {!items && <TableSkeleton columns={6} />}
      {items && rows.length > 0 && <ImagesTable rows={rows} sort={sort} onSort={(next) => setSort(writeImageSort(next))} />}
      {items && items.length > 0 && rows.length === 0 && <NothingMatches onClear={() => setFilter('')} />}
      {items?.length === 0 && (
        <NothingYet title={_('No images yet')} icon={ImageIcon} action={pull}>
          {_('An image holds a program with all it needs. Pull one from a registry, and run containers from it.')}
        </NothingYet>
      )}
    </Card>
  )
}
