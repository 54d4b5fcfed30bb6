import { memo } from 'react'

const width = 84
const height = 18

/** The SVG path of the values, the newest at the right edge; `slots` values fill the width. */
export function linePath(values: readonly number[], slots: number, top: number): string {
  const step = width / (slots - 1)
  const left = width - (values.length - 1) * step
  const y = (value: number) => (top <= 0 ? height - 1.5 : height - 1.5 - (Math.min(value, top) / top) * (height - 3)).toFixed(1)
  return values.map((value, index) => `${index === 0 ? 'M' : 'L'}${(left + index * step).toFixed(1)} ${y(value)}`).join('')
}

interface SparklineProps {
  values: readonly number[]
  /** The value at the upper edge; the line is scaled to its own highest value where that is more. */
  top: number
  color: string
  slots?: number
  className?: string
}

/** A line without axes beside a number. Hidden from assistive technology, which reads the number. */
export const Sparkline = memo(function Sparkline({
  values,
  top,
  color,
  slots = 60,
  className = 'berth-sparkline',
}: SparklineProps) {
  const shown = values.slice(-slots)
  if (shown.length < 2) return <svg className={className} aria-hidden="true" viewBox={`0 0 ${width} ${height}`} />
  const line = linePath(shown, slots, Math.max(top, ...shown))
  const left = (width - ((shown.length - 1) * width) / (slots - 1)).toFixed(1)
  return (
    <svg className={className} aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
      <path d={`${line}L${width} ${height}L${left} ${height}Z`} fill={color} opacity={0.16} />
      <path d={line} fill="none" stroke={color} strokeWidth={1.5} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
    </svg>
  )
})
