import type { Aligned } from '../../engine/live/series.ts'

/** One series of a chart. */
export interface ChartSeries {
  readonly key: string
  readonly name: string
  readonly color: string
}

export interface UsageChartProps {
  readonly title: string
  readonly aligned: Aligned
  readonly series: readonly ChartSeries[]
  readonly formatValue: (value: number) => string
  /** Whether the series are stacked. */
  readonly stacked?: boolean
  /** A limit, drawn as a line. */
  readonly limit?: number
  /** The minimum upper end of the axis. */
  readonly least: number
  /** Axis steps in powers of 1024. */
  readonly binary?: boolean
}
