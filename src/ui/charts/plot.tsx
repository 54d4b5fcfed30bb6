import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { useMemo } from 'react'

import { niceTicks } from './ticks.ts'
import type { ChartMark, UsageChartProps } from './chart-props.ts'
import { ChartTooltip } from './chart-tooltip.tsx'
import { useDraw } from './use-draw.ts'

type Point = { time: number } & Record<string, number | undefined>

const text = { fill: 'var(--pf-t--global--text--color--subtle)', fontSize: 12 }

const markColors: Record<ChartMark['tone'], string> = {
  good: 'var(--pf-t--global--color--status--success--default)',
  bad: 'var(--pf-t--global--color--status--danger--default)',
  plain: 'var(--pf-t--global--icon--color--subtle)',
}

/** The chart itself, drawn with recharts. */
export function Plot(props: UsageChartProps) {
  const { aligned, series, formatValue, stacked, limit, least, binary = false, marks = [], cursor, onZoom } = props
  const points = useMemo(() => toPoints(aligned), [aligned])
  const names = useMemo(() => new Map(series.map(({ key, name }) => [key, name])), [series])
  const highest = useMemo(
    () =>
      highestOf(
        points,
        series.map(({ key }) => key),
        stacked ?? false,
      ),
    [points, series, stacked],
  )
  const near = limit !== undefined && limit < highest * 3 ? limit : 0
  const ticks = niceTicks(Math.max(least, highest, near), binary)
  const [first = 0, last = 0] = [aligned.times[0], aligned.times.at(-1)]
  const draw = useDraw(onZoom)
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 400, height: 200 }}>
      <AreaChart
        data={points}
        margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
        accessibilityLayer={false}
        syncId={cursor}
        {...draw.handlers}
      >
        <CartesianGrid vertical={false} stroke="var(--pf-t--global--border--color--default)" strokeOpacity={0.6} />
        <XAxis
          dataKey="time"
          type="number"
          domain={['dataMin', 'dataMax']}
          tick={text}
          tickLine={false}
          axisLine={false}
          minTickGap={48}
          tickFormatter={(time: number) => tickText(time, last - first)}
        />
        <YAxis
          width={72}
          tick={text}
          tickLine={false}
          axisLine={false}
          ticks={ticks}
          domain={[0, ticks.at(-1)!]}
          interval={0}
          tickFormatter={formatValue}
        />
        <Tooltip content={<ChartTooltip formatValue={formatValue} names={names} marks={marks} />} isAnimationActive={false} />
        {near > 0 && (
          <ReferenceLine y={near} stroke="var(--pf-t--global--color--status--danger--default)" strokeDasharray="4 4" />
        )}
        {marks
          .filter(({ time }) => time >= first && time <= last)
          .map(({ time, name, tone }) => (
            <ReferenceLine key={`${time} ${name}`} x={time} stroke={markColors[tone]} strokeDasharray="2 3" />
          ))}
        {series.map(({ key, color }) => (
          <Area
            key={key}
            dataKey={key}
            stackId={stacked ? 'all' : undefined}
            stroke={color}
            strokeWidth={stacked ? 1.25 : 1.75}
            fill={color}
            fillOpacity={stacked ? 0.45 : 0.14}
            type="linear"
            dot={false}
            activeDot={{ r: 3 }}
            isAnimationActive={false}
            connectNulls={false}
          />
        ))}
        {draw.section && <ReferenceArea x1={draw.section.from} x2={draw.section.to} fillOpacity={0.2} />}
      </AreaChart>
    </ResponsiveContainer>
  )
}

function toPoints({ times, values }: Pick<UsageChartProps['aligned'], 'times' | 'values'>): Point[] {
  return times.map((time, index) => {
    const point: Point = { time }
    for (const [key, line] of values) point[key] = line[index]
    return point
  })
}

function highestOf(points: readonly Point[], keys: readonly string[], stacked: boolean): number {
  return points.reduce((highest, point) => {
    const values = keys.map((key) => point[key] ?? 0)
    return Math.max(highest, stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values))
  }, 0)
}

function tickText(time: number, span: number): string {
  const date = new Date(time)
  const lang = document.documentElement.lang || undefined
  if (span > 36 * 3_600_000) return date.toLocaleDateString(lang, { month: 'short', day: 'numeric' })
  return date.toLocaleTimeString(
    lang,
    span > 600_000 ? { hour: '2-digit', minute: '2-digit' } : { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  )
}
