/**
 * A line of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets a quote in front, since names are chosen by users;
 * a number does not.
 */
export const csvLine = (cells: readonly (string | number | undefined)[]): string => `${cells.map(cellOf).join(',')}\r\n`

function cellOf(value: string | number | undefined): string {
  if (value === undefined) return ''
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r]/.test(value)
  const text = isFormula ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
