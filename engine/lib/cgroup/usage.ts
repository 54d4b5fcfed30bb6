import type { CgroupPaths } from './paths.ts'
import { readUsageV1 } from './usage-v1.ts'
import { readSmallFile } from './small-file.ts'
import type { Reading, Usage } from './usage-shape.ts'
import { readPressure, readUsageV2 } from './usage-v2.ts'

/**
 * Reads a group's use from its files, synchronously, in well under 100 µs.
 *
 * @returns `null` if the group does not exist (any more).
 */
export function readUsage(paths: CgroupPaths, options: Partial<Reading> & { psi?: boolean } = {}): Usage | null {
  const { unified } = paths.folders
  const reading: Reading = { perCpu: false, brief: false, read: readSmallFile, ...options }
  if (paths.mode !== 'v2' || unified === undefined) return readUsageV1(paths.folders, reading)
  const usage = readUsageV2(unified, reading)
  if (usage && options.psi) usage.psi = readPressure(unified)
  return usage
}
