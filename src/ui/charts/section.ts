import type { Aligned } from '../../engine/live/series.ts'
import type { Section } from './chart-props.ts'

/** The fewest points that a chart is zoomed to. */
const fewest = 5

/** What of a chart's data is in a section of time; all without one, or where too little is in it. */
export function cut(aligned: Aligned, section: Section | undefined): Aligned {
  if (!section) return aligned
  const first = aligned.times.findIndex((time) => time >= section.from)
  const last = aligned.times.findLastIndex((time) => time <= section.to)
  if (first === -1 || last - first + 1 < fewest) return aligned
  return {
    times: aligned.times.slice(first, last + 1),
    values: new Map([...aligned.values].map(([key, line]) => [key, line.slice(first, last + 1)])),
  }
}

/** Half as long as what is shown, around its middle; undefined where that would be too little. */
export function zoomIn({ times }: Pick<Aligned, 'times'>): Section | undefined {
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0]
  const quarter = (to - from) / 4
  return times.length >= fewest * 2 ? { from: from + quarter, to: to - quarter } : undefined
}
