import type { Store } from '../store.ts'
import { align, type Sample, type Series } from './series.ts'
import type { StatsFeed } from './stats-feed.ts'

/** Milliseconds between the points of a sum, and how many there are: a minute. */
const step = 2000
const points = 30

/** Several containers' usage as one: their sum now and over the last minute; undefined while none is known. */
export function sumOfSeries(feed: Pick<StatsFeed, 'of'>, ids: readonly string[]): Store<Series | undefined> {
  const stores = ids.map((id) => feed.of(id))
  let before: readonly (Series | undefined)[] = []
  let sum: Series | undefined
  return {
    get() {
      const now = stores.map((store) => store.get())
      // React asks for the same value as long as nothing changed.
      if (now.length !== before.length || now.some((series, index) => series !== before[index])) {
        before = now
        sum = sumNow(now.filter((series) => series !== undefined))
      }
      return sum
    },
    subscribe(listener) {
      const leave = stores.map((store) => store.subscribe(listener))
      return () => leave.forEach((each) => each())
    },
  }
}

function sumNow(known: readonly Series[]): Series | undefined {
  if (known.length === 0) return undefined
  const latest = known.reduce<Sample>(
    (total, { latest: each }) => ({
      time: Math.max(total.time, each.time),
      cpu: total.cpu + each.cpu,
      memory: total.memory + each.memory,
    }),
    { time: 0, cpu: 0, memory: 0 },
  )
  const samples = sumSamples(
    known.map((series) => series.samples),
    { end: latest.time, step, count: points },
  )
  return { samples, latest }
}

/** Sums on one time line, ending at `end` and `count` steps of `step` milliseconds long; a step without any sample has none. */
export function sumSamples(
  series: readonly (readonly Sample[])[],
  { end, step, count }: { end: number; step: number; count: number },
): Sample[] {
  const named = new Map(series.map((samples, index) => [String(index), samples]))
  const cpu = align(named, 'cpu', end, step, count)
  const memory = [...align(named, 'memory', end, step, count).values.values()]
  const lines = [...cpu.values.values()]
  const total = (values: readonly (readonly (number | undefined)[])[], at: number) =>
    values.reduce((sum, line) => sum + (line[at] ?? 0), 0)
  return cpu.times.flatMap((time, at) =>
    lines.some((line) => line[at] !== undefined) ? [{ time, cpu: total(lines, at), memory: total(memory, at) }] : [],
  )
}
