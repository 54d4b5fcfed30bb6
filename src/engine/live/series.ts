/** What is measured of a container; `cpu` is percent of one core, `memory` bytes, the others bytes per second. */
export const measures = ['cpu', 'memory', 'rx', 'tx', 'read', 'write'] as const
export type Measure = (typeof measures)[number]

/** A container's usage at a time, in milliseconds since the epoch. What is not known is undefined. */
export interface Sample extends Readonly<Partial<Record<Exclude<Measure, 'cpu' | 'memory'>, number | undefined>>> {
  readonly time: number
  readonly cpu: number
  readonly memory: number
}

/** A container's usage over the last minutes, oldest first. */
export interface Series {
  readonly samples: readonly Sample[]
  readonly latest: Sample
}

/** How many samples are kept: a quarter of an hour at one a second, as they are recorded. */
export const maxSamples = 900

/** The series with a new sample. */
export const append = (series: Series | undefined, sample: Sample): Series => ({
  samples: withSample(series?.samples ?? [], sample),
  latest: sample,
})

/** The samples with a new one; the oldest is dropped beyond the maximum. */
export function withSample(old: readonly Sample[], sample: Sample): readonly Sample[] {
  const samples = old.length >= maxSamples ? old.slice(old.length - maxSamples + 1) : old.slice()
  samples.push(sample)
  return samples
}

/** Adds recorded samples before and between live ones, which count where both are of the same second. */
export function merge(series: Series, recorded: readonly Sample[]): Series {
  return { ...series, samples: mergeSamples(recorded, series.samples).slice(-maxSamples) }
}

/** Both in the order of time; of the same second the live ones. `step`: seconds for which a recorded sample stands. */
export function mergeSamples(recorded: readonly Sample[], live: readonly Sample[], step = 1): readonly Sample[] {
  if (recorded.length === 0) return live
  const slot = ({ time }: Sample) => Math.floor(time / 1000 / step)
  const known = new Set(live.map(slot))
  return [...recorded.filter((sample) => !known.has(slot(sample))), ...live].toSorted((a, b) => a.time - b.time)
}

/** Series on one time line, for charts; `undefined` where a series has no value. */
export interface Aligned {
  readonly times: readonly number[]
  readonly values: ReadonlyMap<string, readonly (number | undefined)[]>
}

/** Puts several series on one time line of `step` milliseconds, ending at `end` and `count` steps long: means of what is in a step. */
export function align(
  series: ReadonlyMap<string, readonly Sample[]>,
  field: Measure,
  end: number,
  step: number,
  count: number,
): Aligned {
  const last = Math.floor(end / step)
  const first = last - count + 1
  const values = new Map<string, (number | undefined)[]>()
  for (const [name, samples] of series) values.set(name, fillSingleGaps(means(samples, field, first, step, count)))
  return { times: Array.from({ length: count }, (_, index) => (first + index) * step), values }
}

function means(samples: readonly Sample[], field: Measure, first: number, step: number, count: number): (number | undefined)[] {
  const line = Array.from<number | undefined>({ length: count })
  const counts = new Uint16Array(count)
  for (const sample of samples) {
    const at = Math.floor(sample.time / step) - first
    const value = sample[field]
    if (at < 0 || at >= count || value === undefined) continue
    const known = counts[at]!
    line[at] = known === 0 ? value : (line[at]! * known + value) / (known + 1)
    counts[at] = known + 1
  }
  return line
}

/** A late sample falls into the next step: single gaps are filled, longer ones stay. */
function fillSingleGaps(line: (number | undefined)[]): (number | undefined)[] {
  return line.map((value, index) => value ?? (line[index + 1] === undefined ? undefined : line[index - 1]))
}
