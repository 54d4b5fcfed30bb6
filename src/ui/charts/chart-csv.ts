import { csvLine } from '../../../engine/spec/csv.ts'
import type { Aligned } from '../../engine/live/series.ts'
import { clickDownload } from '../../engine/transfers/save-stream.ts'
import type { ChartSeries } from './chart-props.ts'

/** A chart's data as CSV (RFC 4180): a column for each series, values as they were measured. */
export function toCsv({ times, values }: Aligned, series: readonly ChartSeries[]): string {
  const heading = ['time', ...series.map(({ name }) => name)]
  const rows = times.map((time, index) => [new Date(time).toISOString(), ...series.map(({ key }) => values.get(key)?.[index])])
  return [heading, ...rows].map(csvLine).join('')
}

/** The name of its file, without characters that some systems do not allow. */
export const csvName = (subject: string | undefined, title: string): string =>
  `${[subject, title]
    .filter(Boolean)
    .join(' ')
    .replaceAll(/[\\/:*?"<>|]+/g, '')}.csv`

/** Hands a text to the browser's downloads. */
export function download(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  clickDownload(address, fileName)
  URL.revokeObjectURL(address)
}
