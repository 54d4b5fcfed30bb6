import { Tbody } from '@patternfly/react-table/dist/esm/components/Table'
import type { ReactNode } from 'react'

import { useVirtualRows } from './use-virtual-rows.ts'

interface VirtualBodyProps {
  /** Of all rows, in their order; a stable list while nothing changes. */
  keys: readonly string[]
  /** The usual height of a row, in pixels. */
  estimate: number
  /** How many columns the table has. */
  columns: number
  /**
   * Renders a row: an element with `data-row`, its key, and `aria-rowindex`, its place in the table, where the headings are 1. Keyed by
   * `slot` it takes over the elements of a row that is gone; whatever in it has a state of its own is then keyed by the row.
   */
  row: (index: number, position: number, slot: number) => ReactNode
}

/** The rows of a long table: only those in sight are rendered. The table says how many there are (`aria-rowcount`). */
export function VirtualBody({ keys, estimate, columns, row }: VirtualBodyProps) {
  const { pieces, slots, body, onFocus, onBlur } = useVirtualRows(keys, estimate)
  return (
    <Tbody ref={body} onFocus={onFocus} onBlur={onBlur}>
      {pieces.map((piece) =>
        'gap' in piece ? (
          <Gap key={`before ${keys[piece.before] ?? ''}`} height={piece.gap} columns={columns} />
        ) : (
          row(piece.index, piece.index + 2, slots.get(keys[piece.index]!)!)
        ),
      )}
    </Tbody>
  )
}

/** The room of rows that are not rendered. */
function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden="true" className="berth-gap" style={{ height }}>
      <td colSpan={columns} />
    </tr>
  )
}
