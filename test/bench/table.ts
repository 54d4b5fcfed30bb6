/** One line of the comparison. */
export interface Row {
  what: string
  unit: string
  berth: number
  /** Podman's number, or another peer's that `what` names; undefined where there is nothing to compare with. */
  peer?: number
  /** The ratio that is aimed for: at most for times and sizes, at least for rates. */
  target?: { most?: number; least?: number }
  /** A bound of its own, without a comparison. */
  limit?: number
}

/** Rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    row.unit,
    number(row.berth),
    row.peer === undefined ? '–' : number(row.peer),
    ratioText(row),
    aim(row),
    verdict(row),
  ])
  const head = ['', 'unit', 'berth', 'peer', 'ratio', 'aim', '']
  const widths = head.map((text, index) => Math.max(text.length, 3, ...cells.map((each) => each[index]!.length)))
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, index) => (index < 2 ? text.padEnd(widths[index]!) : text.padStart(widths[index]!))).join(' | ')} |`
  return [
    line(head),
    `|${widths.map((width, index) => (index < 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`,
    ...cells.map(line),
  ].join('\n')
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const ratio = (row: Row) => (row.peer === undefined ? undefined : row.berth / row.peer)

function ratioText(row: Row): string {
  const value = ratio(row)
  return value === undefined ? '–' : `${number(value)} ×`
}

function aim(row: Row): string {
  if (row.limit !== undefined) return `≤ ${row.limit}`
  if (row.target?.most !== undefined) return `≤ ${row.target.most} ×`
  return row.target?.least === undefined ? '' : `≥ ${row.target.least} ×`
}

/** Whether a row meets what is aimed for; undefined where nothing is. */
export function meets(row: Row): boolean | undefined {
  if (row.limit !== undefined) return row.berth <= row.limit
  const value = ratio(row)
  if (value === undefined || row.target === undefined) return undefined
  return row.target.most === undefined ? value >= row.target.least! : value <= row.target.most
}

function verdict(row: Row): string {
  const met = meets(row)
  return met === undefined ? '' : met ? 'met' : 'missed'
}
