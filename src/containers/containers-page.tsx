import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { useCallback, useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { _, ngettext } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import type { Series } from '../engine/live/series.ts'
import { linkTo, useQuery } from '../hooks/route.ts'
import { useSelection } from '../hooks/use-selection.ts'
import { useThrottled } from '../hooks/use-throttled.ts'
import { useStore } from '../hooks/use-store.ts'
import { useCommands } from '../ui/commands.ts'
import { ErrorView, NoResults, EmptyView } from '../ui/empty-states.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { TableSkeleton } from '../ui/tables/table-skeleton.tsx'
import { ContainersTable } from './containers-table.tsx'
import { ContainersToolbar } from './containers-toolbar.tsx'
import { filterContainers, parseSort, type Sort, type StateFilter, sortContainers, writeSort } from './filtering.ts'
import { groupContainers } from './grouping.ts'
import { columns as allColumns } from './list/columns.ts'
import { FilterChips } from './list/filter-chips.tsx'
import { SelectionBar } from './list/selection-bar.tsx'
import { useContainerFilter } from './list/use-container-filter.ts'
import { useViewSettings } from './list/view-settings.ts'
import { isActive } from '../engine/container-summary.ts'

/** All containers and pods. */
export function ContainersPage() {
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle>{_('Containers')}</PageTitle>
      <Containers />
    </PageSection>
  )
}

const none: ReadonlyMap<string, Series> = new Map()

function Containers() {
  const { data } = useEngine()
  const containers = useStore(data.containers)
  const pods = useStore(data.pods)
  const filters = useContainerFilter()
  const [settings, setSettings] = useViewSettings()
  const [sortText, setSort] = useQuery('sort', 'name')
  const sort = useMemo(() => parseSort(sortText), [sortText])
  const byUsage = sort.key === 'cpu' || sort.key === 'memory'
  const latest = useThrottled(data.stats.all, byUsage, 3000)
  const series = byUsage ? latest : none
  const all = useMemo(() => containers.items ?? [], [containers.items])
  // Sorted before it is filtered, which leaves a key that is typed little to do: the list is in the same frame as the key.
  const sorted = useMemo(() => sortContainers(all, sort, series), [all, sort, series])
  const shown = useMemo(() => filterContainers(sorted, filters.filter), [sorted, filters.filter])
  const selection = useSelection(useMemo(() => shown.map(({ Id }) => Id), [shown]))
  const groups = useMemo(
    () => groupContainers(shown, pods.items ?? [], { by: settings.group, emptyPods: !filters.active }),
    [shown, pods.items, settings.group, filters.active],
  )
  const onSort = useCallback((next: Sort) => setSort(writeSort(next)), [setSort])
  const counts = useMemo(() => countsOf(all), [all])
  const columns = useMemo(() => allColumns.filter(({ key }) => settings.columns.includes(key)), [settings.columns])
  if (!containers.items && containers.error) {
    return (
      <ErrorView
        title={_('Failed to list containers')}
        message={containers.error.message}
        onRetry={() => void data.containers.refresh()}
      />
    )
  }
  return (
    <>
      {containers.error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {containers.error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card">
        <ContainersToolbar containers={all} filters={filters} counts={counts} settings={settings} onSettings={setSettings} />
        <FilterChips {...filters} />
        <LiveRegion>{all.length > 0 ? ngettext('{n} container', '{n} containers', shown.length) : ''}</LiveRegion>
        {!containers.items && <TableSkeleton columns={7} />}
        {groups.length > 0 && (
          <ContainersTable groups={groups} columns={columns} all={all} sort={sort} onSort={onSort} selection={selection} />
        )}
        {containers.items && groups.length === 0 && (filters.active ? <NoResults onClear={filters.clear} /> : <NoContainers />)}
        <SelectionBar containers={shown.filter(({ Id }) => selection.keys.has(Id))} onClear={() => selection.set([])} />
      </Card>
    </>
  )
}

function countsOf(all: readonly ContainerSummary[]): Record<StateFilter, number> {
  const own = all.filter(({ IsInfra }) => !IsInfra)
  const running = own.filter(isActive).length
  return { all: own.length, running, stopped: own.length - running }
}

function NoContainers() {
  const { createContainer } = useCommands()
  const { data } = useEngine()
  const images = useStore(data.images).items
  const none = images?.length === 0
  return (
    <EmptyView
      title={_('No containers yet')}
      action={
        <>
          <Button variant="primary" onClick={() => createContainer()}>
            {_('Create container')}
          </Button>
          {none && (
            <Button variant="link" component="a" href={linkTo(['images'])}>
              {_('Pull an image first')}
            </Button>
          )}
        </>
      }
    >
      {_('A container runs a program from an image, isolated from the rest of the host. Containers that you create appear here.')}
    </EmptyView>
  )
}
