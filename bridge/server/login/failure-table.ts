/** Milliseconds in which a number of failures halves. */
const halfLife = 60_000

/** Failures below this are forgotten. */
const least = 0.5

/** Counts failures by name, forgetting them in time; of a bounded number of names, those that failed last. */
export interface FailureTable {
  /** How many failures count now; 0 for a name that is not known. */
  count(name: string): number
  /** When it failed last, by the clock that is given; -Infinity for a name that is not known. */
  last(name: string): number
  fail(name: string): void
  forget(name: string): void
}

/** An empty table for so many names. `now` is in milliseconds. */
export function openFailureTable(size: number, now: () => number = () => performance.now()): FailureTable {
  const entries = new Map<string, { count: number; at: number }>()
  const count = (name: string): number => {
    const found = entries.get(name)
    if (found === undefined) return 0
    const left = found.count * 2 ** ((found.at - now()) / halfLife)
    if (left >= least) return left
    entries.delete(name)
    return 0
  }
  return {
    count,
    last: (name) => entries.get(name)?.at ?? -Infinity,
    fail: (name) => {
      const failures = count(name) + 1
      // Reinserted, so that the first entry of the map is the oldest failure.
      entries.delete(name)
      entries.set(name, { count: failures, at: now() })
      if (entries.size > size) entries.delete(entries.keys().next().value!)
    },
    forget: (name) => void entries.delete(name),
  }
}
