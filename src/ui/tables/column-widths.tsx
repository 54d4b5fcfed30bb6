/** A column's width in rem; without one it takes what is left. `className`: that of its cells, which hides it with them. */
export interface ColumnWidth {
  readonly width?: number | undefined
  readonly className?: string
}

/** Fixed widths: what is in a cell, or which rows are rendered, never moves another column. */
export function ColumnWidths({ columns }: { columns: readonly ColumnWidth[] }) {
  return (
    <colgroup>
      {columns.map(({ width, className }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a column is its place
        <col key={index} className={className} style={width === undefined ? undefined : { width: `${width}rem` }} />
      ))}
    </colgroup>
  )
}
