import type { ReactNode } from 'react'

interface PlainRowProps {
  /** Its object's id. */
  id: string
  /** Its place in the table, from 1; the headings are 1. */
  position: number
  className?: string
  selected?: boolean
  children: ReactNode
}

/**
 * A row of a long list, with PatternFly's classes. Its own are rendered twice, and each of its cells asks the browser whether its text is
 * cut.
 */
export function PlainRow({ id, position, className = '', selected = false, children }: PlainRowProps) {
  return (
    <tr
      role="row"
      data-row={id}
      aria-rowindex={position}
      className={`pf-v6-c-table__tr ${className}${selected ? ' pf-m-selected' : ''}`}
    >
      {children}
    </tr>
  )
}

interface PlainCellProps {
  /** The column's heading, which narrow screens show beside the value. */
  label?: string
  className: string
  /** Whether it holds buttons. */
  actions?: boolean
  children: ReactNode
}

/** A cell of a {@link PlainRow}. */
export function PlainCell({ label, className, actions = false, children }: PlainCellProps) {
  return (
    <td role="cell" data-label={label} className={`pf-v6-c-table__td${actions ? ' pf-v6-c-table__action' : ''} ${className}`}>
      {children}
    </td>
  )
}
