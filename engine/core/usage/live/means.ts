import type { Sample } from '../../../usage/index.ts'

/** Who uses most: by means over the last minutes, so that a moment's load changes no order. */
export interface Means {
  /** Counts what a container used in the last `milliseconds`. */
  count(id: string, sample: Pick<Sample, 'cpu' | 'memory'>, milliseconds: number): void
  /** What was recorded of a container before; it counts where nothing else was counted yet, or only just. */
  begin(id: string, mean: { cpu: number; memory: number }): void
  /** Forgets all but these. */
  keep(ids: ReadonlySet<string>): void
  /** So many that used most CPU time, and so many that used most memory. */
  top(count: number): ReadonlySet<string>
}

/** Milliseconds after which an earlier load counts for a third: the charts that show the order are ten minutes long. */
const span = 600_000

/** Means that are empty. */
export function openMeans(): Means {
  const means = new Map<string, { cpu: number; memory: number }>()
  const most = (field: 'cpu' | 'memory', count: number) =>
    [...means]
      .toSorted(([, a], [, b]) => b[field] - a[field])
      .slice(0, count)
      .map(([id]) => id)
  return {
    count(id, { cpu, memory }, milliseconds) {
      const mean = means.get(id)
      if (mean === undefined) return void means.set(id, { cpu, memory })
      const share = 1 - Math.exp(-milliseconds / span)
      mean.cpu += (cpu - mean.cpu) * share
      mean.memory += (memory - mean.memory) * share
    },
    begin: (id, mean) => void means.set(id, { ...mean }),
    keep(ids) {
      for (const id of means.keys()) if (!ids.has(id)) means.delete(id)
    },
    top: (count) => new Set([...most('cpu', count), ...most('memory', count)]),
  }
}
