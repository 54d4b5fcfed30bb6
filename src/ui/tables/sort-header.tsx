import { Th } from '@patternfly/react-table/dist/esm/components/Table'
import type { ReactNode } from 'react'

/** By which column a table is sorted, and in which direction. */
export interface SortBy<K extends string> {
  readonly key: K
  readonly descending: boolean
}

interface SortHeaderProps<K extends string> {
  name: K
  sort: SortBy<K>
  onSort: (sort: SortBy<K>) => void
  children: string
  /** The column holds numbers. */
  isNumber?: boolean
}

/** The header of a sortable column. */
export function SortHeader<K extends string>({ name, sort, onSort, children, isNumber }: SortHeaderProps<K>) {
  return (
    <Th
      modifier="nowrap"
      className={isNumber ? 'berth-number-cell' : undefined}
      sort={{
        columnIndex: 0,
        sortBy: sort.key === name ? { index: 0, direction: sort.descending ? 'desc' : 'asc' } : {},
        onSort: (_event, _index, direction) => onSort({ key: name, descending: direction === 'desc' }),
      }}
    >
      {children}
    </Th>
  )
}

/** The row of headings, with PatternFly's classes: see plain-row.tsx. */
export function HeadRow({ children }: { children: ReactNode }) {
  return (
    <tr role="row" aria-rowindex={1} className="pf-v6-c-table__tr">
      {children}
    </tr>
  )
}

/** A heading that a table is not sorted by. */
export function HeadCell({ className = '', children }: { className?: string; children: ReactNode }) {
  return (
    <th role="columnheader" scope="col" className={`pf-v6-c-table__th ${className}`.trim()}>
      {children}
    </th>
  )
}
