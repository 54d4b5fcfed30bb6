/** A container's usage at a time. `time` is milliseconds since the epoch, `cpu` percent of one core, `memory` bytes. */
export interface Sample {
  readonly time: number
  readonly cpu: number
  readonly memory: number
}

/** A container's usage over the last minutes, oldest first. `limit` is the memory limit in bytes. */
export interface Series {
  readonly samples: readonly Sample[]
  readonly latest: Sample
  readonly limit: number
}

/** How many samples are kept: a quarter of an hour at one a second. */
export const maxSamples = 900

/** The series with a new sample; the oldest is dropped beyond the maximum. */
export function append(series: Series | undefined, sample: Sample, limit: number): Series {
  const old = series?.samples ?? []
  const samples = old.length >= maxSamples ? old.slice(old.length - maxSamples + 1) : old.slice()
  samples.push(sample)
  return { samples, latest: sample, limit }
}

/** Prepends recorded samples to live ones. */
export function prepend(series: Series, recorded: readonly Sample[]): Series {
  const first = series.samples[0]?.time ?? Infinity
  const earlier = recorded.filter((sample) => sample.time < first)
  return { ...series, samples: [...earlier, ...series.samples].slice(-maxSamples) }
}

/** Series on one time line, for charts; `undefined` where a series has no value. */
export interface Aligned {
  readonly times: readonly number[]
  readonly values: ReadonlyMap<string, readonly (number | undefined)[]>
}

/** Puts several series on one time line of `step` milliseconds, ending at `end` and `count` steps long. */
export function align(
  series: ReadonlyMap<string, readonly Sample[]>,
  field: 'cpu' | 'memory',
  end: number,
  step: number,
  count: number,
): Aligned {
  const last = Math.floor(end / step)
  const first = last - count + 1
  const values = new Map<string, (number | undefined)[]>()
  for (const [name, samples] of series) {
    const line = Array.from<number | undefined>({ length: count })
    for (const sample of samples) {
      const at = Math.floor(sample.time / step) - first
      if (at >= 0 && at < count) line[at] = sample[field]
    }
    values.set(name, fillSingleGaps(line))
  }
  return { times: Array.from({ length: count }, (_, index) => (first + index) * step), values }
}

/** A late sample falls into the next step: single gaps are filled, longer ones stay. */
function fillSingleGaps(line: (number | undefined)[]): (number | undefined)[] {
  return line.map((value, index) => value ?? (line[index + 1] === undefined ? undefined : line[index - 1]))
}
