import type { Aligned } from '../../engine/live/series.ts'

/** One series of a chart. */
export interface ChartSeries {
  readonly key: string
  readonly name: string
  readonly color: string
}

/** An event on the time axis. */
export interface ChartMark {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly name: string
  readonly tone: 'good' | 'bad' | 'plain'
}

/** A section of the time axis, in milliseconds since the epoch. */
export interface Section {
  readonly from: number
  readonly to: number
}

export interface UsageChartProps {
  readonly title: string
  /** Whose figures they are, where the title does not say it: begins the name of the file that they are saved as. */
  readonly subject?: string | undefined
  readonly aligned: Aligned
  readonly series: readonly ChartSeries[]
  readonly formatValue: (value: number) => string
  /** Whether the series are stacked. */
  readonly stacked?: boolean
  /** A limit: named, and drawn as a line where the values come near it. */
  readonly limit?: number
  /** The minimum upper end of the axis. */
  readonly least: number
  /** Axis steps in powers of 1024. */
  readonly binary?: boolean
  /** Events, drawn as vertical lines. */
  readonly marks?: readonly ChartMark[]
  /** Charts with the same key share their cursor. */
  readonly cursor?: string
  /** Called with the section that was drawn with the pointer. */
  readonly onZoom?: (section: Section) => void
}
