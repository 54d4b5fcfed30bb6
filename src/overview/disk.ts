import type { Info, Output } from '../../engine/contract/index.ts'

/** The file system of the store, as df has it. Bytes. */
export interface Disk {
  readonly used: number
  /** What this user may still write. */
  readonly available: number
}

/** From the latest disk use where it has it, else from what was known when the page was opened; undefined where nobody knows. */
export function diskOf({ store }: Info, usage: Output<'system.df'> | undefined): Disk | undefined {
  if (usage?.FileSystem) return { used: usage.FileSystem.Used, available: usage.FileSystem.Available }
  if (store.graphRootAllocated <= 0) return undefined
  const { graphRootUsed: used, graphRootAllocated, graphRootAvailable } = store
  return { used, available: graphRootAvailable ?? graphRootAllocated - used }
}

/** The share that is used, in percent: of what users may write, as df counts. */
export const usedPercent = ({ used, available }: Disk): number => (used + available > 0 ? (used / (used + available)) * 100 : 0)

/** Above this the disk is nearly full. */
const nearlyFull = 90

export const isNearlyFull = (disk: Disk): boolean => usedPercent(disk) >= nearlyFull
