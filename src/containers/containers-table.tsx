import { Table, Thead } from '@patternfly/react-table/dist/esm/components/Table'
import { type CSSProperties, memo, useMemo } from 'react'

import { _ } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import type { Selection } from '../hooks/use-selection.ts'
import { RowCheck } from '../ui/tables/row-check.tsx'
import { HeadCell, HeadRow, SortHeader } from '../ui/tables/sort-header.tsx'
import { TableScroll } from '../ui/tables/table-scroll.tsx'
import { VirtualBody } from '../ui/tables/virtual-body.tsx'
import { useContainerActions } from './container-actions.tsx'
import { ContainerRow } from './container-row.tsx'
import type { Sort } from './filtering.ts'
import { GroupHeader } from './group-header.tsx'
import type { Group } from './grouping.ts'
import { type Column, edgeWidths, flexibleWidth } from './list/columns.ts'

interface ContainersTableProps {
  groups: readonly Group[]
  columns: readonly Column[]
  /** All containers: infra containers hold their pods' ports. */
  all: readonly ContainerSummary[]
  sort: Sort
  onSort: (sort: Sort) => void
  selection: Selection
}

/** A row of the table: the head of a group, or a container. */
type Row = { readonly key: string; readonly group: Group } | { readonly key: string; readonly container: ContainerSummary }

const rowsOf = (groups: readonly Group[]): Row[] =>
  groups.flatMap((group): Row[] => [
    ...(group.kind === 'alone' ? [] : [{ key: `group ${group.key}`, group }]),
    ...group.containers.map((container) => ({ key: container.Id, container })),
  ])

/** The height of most rows, in pixels. */
const usualHeight = 57

/** All containers in one table, in groups. Only the rows in sight are rendered. */
export const ContainersTable = memo(function ContainersTable(props: ContainersTableProps) {
  const { groups, columns, all, sort, onSort, selection } = props
  const actionsOf = useContainerActions()
  const infra = useMemo(() => new Map(all.filter(({ IsInfra }) => IsInfra).map((container) => [container.Pod, container])), [all])
  const rows = useMemo(() => rowsOf(groups), [groups])
  const keys = useMemo(() => rows.map(({ key }) => key), [rows])
  const width = columns.length + 3
  return (
    <TableScroll rows={rows.length}>
      <Table
        role="table"
        aria-label={_('Containers')}
        aria-rowcount={rows.length + 1}
        variant="compact"
        gridBreakPoint=""
        className="berth-table berth-containers"
        style={{ minWidth: `${minWidthOf(columns)}rem`, '--berth-columns': tracksOf(columns) } as CSSProperties}
      >
        <Head {...{ groups, columns, sort, onSort, selection }} />
        <VirtualBody
          keys={keys}
          estimate={usualHeight}
          columns={width}
          row={(index, position, slot) => {
            const row = rows[index]!
            return 'group' in row ? (
              <GroupHeader
                key={row.key}
                row={row.key}
                group={row.group}
                position={position}
                columns={width}
                infra={infra.get(row.group.key)}
              />
            ) : (
              <ContainerRow
                key={slot}
                container={row.container}
                position={position}
                columns={columns}
                selected={selection.keys.has(row.key)}
                onSelect={selection.select}
                actionsOf={actionsOf}
              />
            )
          }}
        />
      </Table>
    </TableScroll>
  )
})

/** In rem: below this the table scrolls sideways. */
const minWidthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width = flexibleWidth }) => sum + width, edgeWidths.select + flexibleWidth + edgeWidths.actions)

/** The columns of each row's grid: fixed, so that what is in a cell, or which rows are rendered, never moves another column. */
const tracksOf = (columns: readonly Column[]): string =>
  [{ width: edgeWidths.select }, {}, ...columns, { width: edgeWidths.actions }]
    .map(({ width }: Pick<Column, 'width'>) => (width === undefined ? 'minmax(0, 1fr)' : `${width}rem`))
    .join(' ')

function Head({ groups, columns, sort, onSort, selection }: Omit<ContainersTableProps, 'all'>) {
  const count = groups.reduce((sum, { containers }) => sum + containers.length, 0)
  const chooseAll = (on: boolean) => selection.set(on ? groups.flatMap(({ containers }) => containers.map(({ Id }) => Id)) : [])
  return (
    <Thead>
      <HeadRow>
        <HeadCell className="berth-select-cell">
          <RowCheck
            id="berth-select-all"
            label={_('Select all')}
            checked={count > 0 && selection.keys.size === count}
            onChange={chooseAll}
          />
        </HeadCell>
        <Headings columns={columns} sort={sort} onSort={onSort} />
      </HeadRow>
    </Thead>
  )
}

/** Rendered again only when the columns or the order change: not for each key of a filter. */
const Headings = memo(function Headings({ columns, sort, onSort }: Pick<ContainersTableProps, 'columns' | 'sort' | 'onSort'>) {
  return (
    <>
      <SortHeader name="name" sort={sort} onSort={onSort}>
        {_('Name')}
      </SortHeader>
      {columns.map((column) =>
        column.sort ? (
          <SortHeader key={column.key} name={column.sort} sort={sort} onSort={onSort}>
            {column.title()}
          </SortHeader>
        ) : (
          <HeadCell key={column.key}>{column.title()}</HeadCell>
        ),
      )}
      <HeadCell className="berth-actions-cell">
        <span className="pf-v6-screen-reader">{_('Actions')}</span>
      </HeadCell>
    </>
  )
})
