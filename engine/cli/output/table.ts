const minimum = 12
const padding = 2

/**
 * Lines whose cells are separated by tabs, in columns as Go's tabwriter makes them for podman: a cell that a tab ends
 * is at least 12 wide and 2 wider than its text; what follows the last tab is as it is.
 */
export function alignTable(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const widths: number[][] = lines.map(() => [])
  // Go's columns are runs of lines that have the cell: a line with fewer cells ends the run.
  const deepest = Math.max(0, ...lines.map((cells) => cells.length - 1))
  for (let column = 0; column < deepest; column += 1) {
    for (let row = 0; row < lines.length;) {
      let end = row
      let width = 0
      while (end < lines.length && (lines[end]?.length ?? 0) > column + 1) {
        width = Math.max(width, Math.max(minimum, displayWidth(lines[end]?.[column] ?? '') + padding))
        end += 1
      }
      for (let inside = row; inside < end; inside += 1) (widths[inside] as number[])[column] = width
      row = Math.max(end, row + 1)
    }
  }
  return lines
    .map((cells, row) =>
      cells
        .map((cell, column) =>
          column < cells.length - 1 ? cell + ' '.repeat((widths[row]?.[column] ?? 0) - displayWidth(cell)) : cell,
        )
        .join(''),
    )
    .join('\n')
}

function displayWidth(text: string): number {
  return Array.from(text).length
}
