import { Table, Thead } from '@patternfly/react-table/dist/esm/components/Table'
import { type CSSProperties, memo, type ReactNode, useMemo } from 'react'

import { _, format } from '../../i18n/gettext.ts'
import { ColumnWidths } from './column-widths.tsx'
import { PlainCell, PlainRow } from './plain-row.tsx'
import { RowCheck } from './row-check.tsx'
import { HeadCell, HeadRow, type SortBy, SortHeader } from './sort-header.tsx'
import { TableScroll } from './table-scroll.tsx'
import { VirtualBody } from './virtual-body.tsx'

/** A column of a {@link DataTable}: its heading and what stands in its cells. */
export interface TableColumn<Row, Sort extends string = never> {
  readonly key: string
  readonly title: () => string
  readonly cell: (row: Row) => ReactNode
  /** In rem; without one it takes what is left. */
  readonly width?: number
  readonly className?: string
  /** The table can be sorted by it, under this name. */
  readonly sort?: Sort
  /** It holds figures, which stand at the right. */
  readonly isNumber?: boolean
  /** Its text is not broken. */
  readonly nowrap?: boolean
  /** Its class hides it where there is little room. */
  readonly mayHide?: boolean
  /** It holds what can be done with a row: it stays in sight at the side, and its heading is for screen readers alone. */
  readonly actions?: boolean
}

/** The rows that are chosen. Its functions are the same each time. */
export interface TableSelection<Row> {
  readonly keys: ReadonlySet<string>
  /** Whether all that can be chosen are. */
  readonly all: boolean
  readonly onAll: (on: boolean) => void
  readonly onRow: (key: string, on: boolean) => void
  /** What a row is called. */
  readonly nameOf: (row: Row) => string
  /** Rows that cannot be chosen. */
  readonly isFixed: (row: Row) => boolean | undefined
}

interface DataTableProps<Row, Sort extends string> {
  /** What the table is called. */
  label: string
  className?: string
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** The same list each time, so that rows that did not change are not rendered again. */
  columns: readonly TableColumn<Row, Sort>[]
  /** The usual height of a row, in pixels. */
  estimate?: number
  /** Below this width rows are cards. */
  breakPoint?: 'grid-md' | 'grid-lg'
  sort?: SortBy<Sort>
  onSort?: (sort: SortBy<Sort>) => void
  selection?: TableSelection<Row>
  /** For a table without links and buttons: how the keyboard comes to it, to scroll it. */
  scrollLabel?: string
}

const selectWidth = { width: 2.75 }

/** In rem: what a column without a width has at least. */
const flexibleWidth = 8

/** In rem: below this the table scrolls sideways. */
const leastWidth = (columns: readonly Pick<TableColumn<never>, 'width' | 'mayHide'>[], isSelectable: boolean): number =>
  columns
    .filter(({ mayHide }) => !mayHide)
    .reduce((sum, { width = flexibleWidth }) => sum + width, isSelectable ? selectWidth.width : 0)

/** A list of objects as a table with fixed columns, of which only the rows in sight are rendered. */
export function DataTable<Row, Sort extends string = never>(props: DataTableProps<Row, Sort>) {
  const { label, className = '', rows, keyOf, columns, estimate = 49, breakPoint = 'grid-lg', selection, scrollLabel } = props
  const keys = useMemo(() => rows.map(keyOf), [rows, keyOf])
  const isSelectable = selection !== undefined
  const widths = useMemo(
    () => [
      ...(isSelectable ? [selectWidth] : []),
      ...columns.map(({ width, className: name }) => ({ width, ...(name === undefined ? {} : { className: name }) })),
    ],
    [columns, isSelectable],
  )
  return (
    <TableScroll rows={rows.length} {...(scrollLabel === undefined ? {} : { label: scrollLabel })}>
      <Table
        role="table"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        variant="compact"
        gridBreakPoint={breakPoint}
        className={`berth-table berth-data-table ${className}`}
        style={{ '--berth-table-width': `${leastWidth(columns, isSelectable)}rem` } as CSSProperties}
      >
        <ColumnWidths columns={widths} />
        <Head {...props} />
        <VirtualBody
          keys={keys}
          estimate={estimate}
          // A gap must not make a column of its own.
          columns={widths.length - columns.filter(({ mayHide }) => mayHide).length}
          row={(index, position) => {
            const id = keys[index]!
            const row = rows[index]!
            return (
              <DataRow
                key={id}
                id={id}
                row={row}
                position={position}
                columns={columns}
                selected={selection?.keys.has(id) === true}
                onSelect={selection?.onRow}
                name={selection?.nameOf(row)}
                fixed={selection?.isFixed(row)}
              />
            )
          }}
        />
      </Table>
    </TableScroll>
  )
}

function Head<Row, Sort extends string>({ label, columns, sort, onSort, selection }: DataTableProps<Row, Sort>) {
  return (
    <Thead>
      <HeadRow>
        {selection && (
          <HeadCell className="berth-select-cell">
            <RowCheck
              id={`berth-select-all ${label}`}
              label={_('Select all')}
              checked={selection.all}
              onChange={selection.onAll}
            />
          </HeadCell>
        )}
        <Headings columns={columns} sort={sort} onSort={onSort} />
      </HeadRow>
    </Thead>
  )
}

interface HeadingsProps<Row, Sort extends string> {
  columns: readonly TableColumn<Row, Sort>[]
  sort: SortBy<Sort> | undefined
  onSort: ((sort: SortBy<Sort>) => void) | undefined
}

/** Rendered again only when the columns or the order change. */
const Headings = memo(PlainHeadings) as typeof PlainHeadings

function PlainHeadings<Row, Sort extends string>({ columns, sort, onSort }: HeadingsProps<Row, Sort>): ReactNode {
  return columns.map((column) => {
    const { key, title, sort: name, actions } = column
    if (name !== undefined && sort && onSort)
      return (
        <SortHeader key={key} name={name} sort={sort} onSort={onSort} isNumber={column.isNumber === true}>
          {title()}
        </SortHeader>
      )
    return (
      <HeadCell key={key} className={classOf(column)}>
        {actions ? <span className="pf-v6-screen-reader">{title()}</span> : title()}
      </HeadCell>
    )
  })
}

function classOf<Row, Sort extends string>({ className, isNumber, nowrap, actions }: TableColumn<Row, Sort>): string {
  return [className, isNumber && 'berth-number-cell', (nowrap || isNumber) && 'pf-m-nowrap', actions && 'berth-actions-cell']
    .filter(Boolean)
    .join(' ')
}

interface DataRowProps<Row, Sort extends string> {
  id: string
  row: Row
  position: number
  columns: readonly TableColumn<Row, Sort>[]
  selected: boolean
  /** Undefined in a table without selection. */
  onSelect: ((key: string, on: boolean) => void) | undefined
  name: string | undefined
  fixed: boolean | undefined
}

/** Rendered again only when its object or the columns changed. */
const DataRow = memo(PlainDataRow) as typeof PlainDataRow

function PlainDataRow<Row, Sort extends string>(props: DataRowProps<Row, Sort>): ReactNode {
  const { id, row, position, columns, selected, onSelect, name = '', fixed = false } = props
  return (
    <PlainRow id={id} position={position} selected={selected}>
      {onSelect && (
        <PlainCell className="berth-select-cell">
          <RowCheck
            id={`berth-select ${id}`}
            label={format(_('Select {name}'), { name })}
            checked={selected}
            disabled={fixed}
            onChange={(on) => onSelect(id, on)}
          />
        </PlainCell>
      )}
      {columns.map((column) =>
        column.actions ? (
          <PlainCell key={column.key} actions className={classOf(column)}>
            <div className="berth-row-actions">{column.cell(row)}</div>
          </PlainCell>
        ) : (
          <PlainCell key={column.key} label={column.title()} className={classOf(column)}>
            {column.cell(row)}
          </PlainCell>
        ),
      )}
    </PlainRow>
  )
}
