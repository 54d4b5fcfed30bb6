import { signalWhenInterrupted } from '../terminal/interrupt.ts'
import { goJson } from './go-json.ts'
import { stdout } from './print.ts'
import { renderRows, type ReportOptions } from './report.ts'

/** How a stream of statistics is shown. */
interface StatsView<T, R extends object> extends Omit<ReportOptions, 'format'> {
  format: string | undefined
  /** Whether reports follow each other, each in the place of the one before at a terminal. */
  stream: boolean
  reset: boolean
  rows(report: T): readonly R[]
  /** A row as JSON has it, and by how many blanks that is indented. */
  json: { row?: (row: R) => object; indent: number }
}

/** Shows reports until they end, the first one alone is asked for, or a person interrupts. */
export async function showStats<T, R extends object>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  { format, stream, reset, rows, json, ...table }: StatsView<T, R>,
): Promise<void> {
  const signal = signalWhenInterrupted()
  try {
    for await (const report of await open(signal)) {
      const shown = rows(report)
      if (stream && reset && !format && stdout().isTTY) stdout().write('\u001b[2J\u001b[H')
      const text =
        format === 'json'
          ? `${goJson(json.row ? shown.map(json.row) : shown, json.indent)}\n`
          : renderRows(shown, { ...table, format })
      stdout().write(text)
      if (!stream) break
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
