import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core/dist/esm/components/Card'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { lazy, Suspense, useState } from 'react'

import { _, format } from '../../i18n/gettext.ts'
import type { UsageChartProps } from './chart-props.ts'
import { csvName, download, toCsv } from './chart-csv.ts'
import { ChartTable } from './chart-table.tsx'

// The chart library is large and loaded on demand.
const Plot = lazy(() => import('./plot.tsx').then(({ Plot }) => ({ default: Plot })))

/** A chart over time with a legend, a table view and a download of its data. */
export function UsageChart(props: UsageChartProps) {
  const { title, subject, series, aligned, limit, formatValue } = props
  const [table, setTable] = useState(false)
  return (
    <Card isCompact className="berth-chart-card">
      <CardHeader
        actions={{
          actions: (
            <div className="berth-chart-actions">
              <Button
                variant="link"
                isInline
                onClick={() => download(csvName(subject, title), toCsv(aligned, series))}
                aria-label={format(_('Download {title} as CSV'), { title })}
              >
                {_('CSV')}
              </Button>
              <Button
                variant="link"
                isInline
                onClick={() => setTable(!table)}
                aria-label={format(table ? _('{title} as a chart') : _('{title} as a table'), { title })}
              >
                {table ? _('Chart') : _('Table')}
              </Button>
            </div>
          ),
          hasNoOffset: true,
        }}
      >
        <CardTitle component="h2">
          {title}
          {limit !== undefined && (
            <span className="berth-chart-limit"> {format(_('Limit: {limit}'), { limit: formatValue(limit) })}</span>
          )}
        </CardTitle>
      </CardHeader>
      <CardBody>
        {table ? (
          <ChartTable {...props} />
        ) : (
          <>
            {/* The table view has the same data for assistive technology. */}
            <div
              className="berth-plot"
              role="img"
              aria-label={format(_('{title} as a chart; the same data is available as a table'), { title })}
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
