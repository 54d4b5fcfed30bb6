import { readRing, resolutions } from './ring.ts'
import { meanSample, type Sample } from './sample.ts'

/** Points of resource use, evenly spaced; null where nothing was recorded. */
export interface History {
  /** Seconds between points. */
  step: number
  /** Seconds since the epoch of the first point. */
  start: number
  points: (Sample | null)[]
}

/** The section of time that is read. */
export interface Section {
  /** Seconds since the epoch of its end. */
  now: number
  /** Its length; more than 30 days are cut to 30 days. */
  seconds: number
  /** At most so many points, means of those recorded; 0 for all. */
  points: number
}

/** What was recorded in a section, from the finest ring that reaches back so far. Several files are of the same container: the first that has a point counts. */
export function readHistory(files: readonly string[], { now, seconds, points }: Section): History {
  const found = resolutions.findIndex(({ step, slots }) => step * slots >= seconds)
  const ring = found === -1 ? resolutions.length - 1 : found
  const { step, slots } = resolutions[ring] ?? resolutions[0]
  const count = Math.min(slots, Math.max(1, Math.ceil(seconds / step)))
  const together = points > 0 ? Math.ceil(count / points) : 1
  // Groups begin at multiples of their length, so that a later reading has the same ones.
  const last = (Math.floor(now / step / together) + 1) * together - 1
  const first = last - Math.ceil(count / together) * together + 1
  const lists = files.map((file) => readRing(file, ring, first, last))
  const read = Array.from({ length: last - first + 1 }, (_each, at) => lists.find((list) => list[at])?.[at] ?? null)
  return { step: step * together, start: first * step, points: together === 1 ? read : groups(read, together) }
}

function groups(points: readonly (Sample | null)[], size: number): (Sample | null)[] {
  return Array.from({ length: Math.ceil(points.length / size) }, (_each, at) => {
    const known = points.slice(at * size, (at + 1) * size).filter((point) => point !== null)
    return known.length === 0 ? null : meanSample(known)
  })
}
