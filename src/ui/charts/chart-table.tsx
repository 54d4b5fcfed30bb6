import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'

import { formatClock, formatMoment } from '../../i18n/format.ts'
import { _ } from '../../i18n/gettext.ts'
import type { UsageChartProps } from './chart-props.ts'

const rowsShown = 12

/** The data of a chart as a table: average and maximum of each series, then values over time. */
export function ChartTable({ title, aligned, series, formatValue }: UsageChartProps) {
  const { times, values } = aligned
  const show = (value: number | undefined) => (value === undefined ? '–' : formatValue(value))
  const long = (times.at(-1) ?? 0) - (times[0] ?? 0) > 43_200_000
  const formatTime = long ? formatMoment : formatClock
  const step = Math.max(1, Math.floor(times.length / rowsShown))
  const moments = times
    .map((_time, index) => index)
    .filter((index) => (times.length - 1 - index) % step === 0)
    .toReversed()
  return (
    <div className="berth-chart-table" tabIndex={0} role="region" aria-label={title}>
      <Table role="table" aria-label={title} variant="compact" gridBreakPoint="">
        <Thead>
          <Tr>
            <Th>{_('Time')}</Th>
            {series.map(({ key, name }) => (
              <Th key={key} modifier="nowrap">
                {name}
              </Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          <Summary name={_('Average')} of={average} {...{ series, values, show }} />
          <Summary
            name={_('Maximum')}
            of={(line) => (line.length > 0 ? Math.max(...line) : undefined)}
            {...{ series, values, show }}
          />
          {moments.map((index) => (
            <Tr key={times[index]}>
              <Th scope="row" modifier="nowrap" className="berth-moment">
                {formatTime(new Date(times[index]!))}
              </Th>
              {series.map(({ key }) => (
                <Td key={key}>{show(values.get(key)?.[index])}</Td>
              ))}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  )
}

interface SummaryProps extends Pick<UsageChartProps, 'series'> {
  name: string
  of: (line: number[]) => number | undefined
  values: UsageChartProps['aligned']['values']
  show: (value: number | undefined) => string
}

function Summary({ name, of, series, values, show }: SummaryProps) {
  return (
    <Tr>
      <Th scope="row">{name}</Th>
      {series.map(({ key }) => (
        <Td key={key}>
          <b>{show(of((values.get(key) ?? []).filter((value) => value !== undefined)))}</b>
        </Td>
      ))}
    </Tr>
  )
}

function average(line: number[]): number | undefined {
  return line.length > 0 ? line.reduce((sum, value) => sum + value, 0) / line.length : undefined
}
