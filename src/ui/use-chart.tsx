import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core/dist/esm/components/Card'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { lazy, Suspense, useState } from 'react'

import { _, format } from '../lib/gettext.ts'
import type { Aligned } from '../lib/series.ts'
import { ChartTable } from './chart-table.tsx'

// The chart library is large, and no page needs it to be read.
const Plot = lazy(() => import('./plot.tsx').then(({ Plot }) => ({ default: Plot })))

/** One line or layer of a chart. */
export interface ChartSeries {
  readonly key: string
  readonly name: string
  readonly color: string
}

export interface UseChartProps {
  readonly title: string
  readonly aligned: Aligned
  readonly series: readonly ChartSeries[]
  readonly formatValue: (value: number) => string
  /** Layers on top of each other, where their sum means something. */
  readonly stacked?: boolean
  /** A line across the chart: a limit. */
  readonly limit?: number
  /** The least the axis reaches to. */
  readonly least: number
  /** Axis steps in powers of 1024. */
  readonly binary?: boolean
}

/** A chart over time with a legend; the same as a table on demand. */
export function UseChart(props: UseChartProps) {
  const { title, series } = props
  const [table, setTable] = useState(false)
  return (
    <Card isCompact className="berth-chart-card">
      <CardHeader
        actions={{
          actions: (
            <Button
              variant="link"
              isInline
              onClick={() => setTable(!table)}
              aria-label={format(table ? _('{title} as a chart') : _('{title} as a table'), { title })}
            >
              {table ? _('Chart') : _('Table')}
            </Button>
          ),
          hasNoOffset: true,
        }}
      >
        <CardTitle component="h2">{title}</CardTitle>
      </CardHeader>
      <CardBody>
        {table ? (
          <ChartTable {...props} />
        ) : (
          <>
            {/* The picture says nothing that the table does not say in words. */}
            <div
              className="berth-plot"
              role="img"
              aria-label={format(_('{title}, as a picture; the table says the same'), { title })}
            >
              <Suspense fallback={<Skeleton height="100%" />}>
                <Plot {...props} />
              </Suspense>
            </div>
            {series.length > 1 && (
              <ul className="berth-legend">
                {series.map(({ key, name, color }) => (
                  <li key={key}>
                    <span className="berth-legend-mark" style={{ background: color }} aria-hidden="true" />
                    {name}
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </CardBody>
    </Card>
  )
}
