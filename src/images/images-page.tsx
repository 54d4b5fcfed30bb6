import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { Tab, Tabs, TabTitleText } from '@patternfly/react-core/dist/esm/components/Tabs'
import ImageIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-image-icon'
import { useCallback, useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { formatSize } from '../i18n/format.ts'
import { _, format, ngettext } from '../i18n/gettext.ts'
import type { Image } from '../engine/live/live-data.ts'
import { useQuery } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { ErrorView, NoResults, EmptyView } from '../ui/empty-states.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { TableSkeleton } from '../ui/tables/table-skeleton.tsx'
import { isDangling } from '../engine/image-summary.ts'
import { imageRows, type ImageSort, parseImageSort, type UsageFilter, writeImageSort } from './image-rows.ts'
import { ImagesTable } from './list/images-table.tsx'
import { NarrowOrder } from './list/narrow-order.tsx'
import { ImagesToolbar, PullButton } from './list/images-toolbar.tsx'
import { RegistriesTab } from './registries/registries-tab.tsx'
import { SelectionBar } from './list/selection-bar.tsx'
import { useImageSelection } from './list/selection.ts'
import { UpdatesLine } from './list/updates-line.tsx'

type PageTab = 'images' | 'registries'

/** All images of the store, and where they come from. */
export function ImagesPage() {
  const { can } = useEngine()
  const [tab, setTab] = useQuery<PageTab>('tab', 'images')
  const registries = can.does('registry.list')
  const active = registries && tab === 'registries' ? 'registries' : 'images'
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle beside={active === 'images' && <Sum />}>{_('Images')}</PageTitle>
      {registries && (
        <Tabs
          activeKey={active}
          onSelect={(_event, key) => setTab(key as PageTab)}
          aria-label={_('Images and registries')}
          className="berth-page-tabs"
        >
          <Tab eventKey="images" title={<TabTitleText>{_('On this host')}</TabTitleText>} tabContentId="berth-page-tab" />
          <Tab eventKey="registries" title={<TabTitleText>{_('Registries')}</TabTitleText>} tabContentId="berth-page-tab" />
        </Tabs>
      )}
      <div
        id="berth-page-tab"
        role={registries ? 'tabpanel' : undefined}
        aria-labelledby={registries ? 'berth-title' : undefined}
      >
        {active === 'registries' ? <RegistriesTab /> : <Images />}
      </div>
    </PageSection>
  )
}

function Sum() {
  const { items } = useStore(useEngine().data.images)
  if (!items || items.length === 0) return null
  // Shared layers are counted in the size of each image.
  const words = items.some(({ SharedSize }) => SharedSize > 0) ? _('{images}, up to {size}') : _('{images}, {size}')
  return (
    <span className="berth-quiet">
      {format(words, {
        images: ngettext('{n} image', '{n} images', items.length),
        size: formatSize(items.reduce((sum, { Size }) => sum + Size, 0)),
      })}
    </span>
  )
}

/** The filter, kept in the URL. */
function useFilter() {
  const [text, setText] = useQuery('filter', '')
  const [use, setUse] = useQuery<UsageFilter>('use', 'all')
  const [dangling, setDangling] = useQuery<'yes' | 'no'>('dangling', 'no')
  const filter = useMemo(() => ({ text, use, dangling: dangling === 'yes' }), [text, use, dangling])
  const clear = () => {
    setText('')
    setUse('all')
    setDangling('yes')
  }
  return { filter, setText, setUse, setDangling: (shown: boolean) => setDangling(shown ? 'yes' : 'no'), clear }
}

/** Counts by usage; dangling images count if they are shown. */
function countAll(images: readonly Image[], withDangling: boolean) {
  const shown = withDangling ? images : images.filter((image) => !isDangling(image))
  return {
    all: shown.length,
    used: shown.filter(({ Containers }) => Containers > 0).length,
    unused: shown.filter(({ Containers }) => Containers === 0).length,
    dangling: images.filter(isDangling).length,
  }
}

function Images() {
  const { data } = useEngine()
  const { items, error } = useStore(data.images)
  const { filter, setText, setUse, setDangling, clear } = useFilter()
  const [sortText, setSort] = useQuery('sort', 'name')
  const sort = useMemo(() => parseImageSort(sortText), [sortText])
  const onSort = useCallback((next: ImageSort) => setSort(writeImageSort(next)), [setSort])
  const rows = useMemo(() => imageRows(items ?? [], filter, sort), [items, filter, sort])
  const selection = useImageSelection(rows)
  if (!items && error)
    return <ErrorView title={_('Failed to list images')} message={error.message} onRetry={() => void data.images.refresh()} />
  return (
    <>
      {error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card berth-images-card">
        <ImagesToolbar
          filter={filter}
          onText={setText}
          onUsage={setUse}
          onDangling={setDangling}
          counts={items && countAll(items, filter.dangling)}
        />
        <LiveRegion>{items && items.length > 0 ? ngettext('{n} row', '{n} rows', rows.length) : ''}</LiveRegion>
        <UpdatesLine />
        {rows.length > 0 && <NarrowOrder sort={sort} onSort={onSort} rows={rows} selection={selection} />}
        {!items && <TableSkeleton columns={6} />}
        {rows.length > 0 && <ImagesTable rows={rows} sort={sort} onSort={onSort} selection={selection} />}
        {items && items.length > 0 && rows.length === 0 && <NoResults onClear={clear} />}
        {items?.length === 0 && (
          <EmptyView title={_('No images yet')} icon={ImageIcon} action={<PullButton />}>
            {_('An image contains a program and everything it needs. Pull an image from a registry and run containers from it.')}
          </EmptyView>
        )}
      </Card>
      <SelectionBar rows={rows.filter(({ key }) => selection.keys.has(key))} onClear={() => selection.set([])} />
    </>
  )
}
