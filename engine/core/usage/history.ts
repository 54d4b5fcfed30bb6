import { readRing, resolutions } from './ring.ts'

/** Points of resource use, evenly spaced; null where nothing was recorded. */
export interface History {
  /** Seconds between points. */
  step: number
  /** Seconds since the epoch of the first point. */
  start: number
  /** Percent of one core. */
  cpu: (number | null)[]
  /** Bytes of working set. */
  memory: (number | null)[]
}

/**
 * The last `seconds` before `now` (seconds since the epoch), from the finest ring that reaches back so far.
 * More than 30 days are cut to 30 days.
 */
export function readHistory(file: string, now: number, seconds: number): History {
  const found = resolutions.findIndex(({ step, slots }) => step * slots >= seconds)
  const ring = found === -1 ? resolutions.length - 1 : found
  const { step, slots } = resolutions[ring] ?? resolutions[0]
  const last = Math.floor(now / step)
  const count = Math.min(slots, Math.max(1, Math.ceil(seconds / step)))
  const first = last - count + 1
  const points = readRing(file, ring, first, last)
  return {
    step,
    start: first * step,
    cpu: points.map((point) => point?.cpu ?? null),
    memory: points.map((point) => point?.memory ?? null),
  }
}
