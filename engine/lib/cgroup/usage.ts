import type { CgroupPaths } from './paths.ts'
import { readUsageV1 } from './usage-v1.ts'
import type { Usage } from './usage-shape.ts'
import { readPressure, readUsageV2 } from './usage-v2.ts'

/**
 * Reads a group's use from its files, synchronously, in well under 100 µs.
 *
 * @returns `null` if the group does not exist (any more).
 */
export function readUsage(paths: CgroupPaths, options: { perCpu?: boolean; psi?: boolean } = {}): Usage | null {
  const { unified } = paths.folders
  if (paths.mode !== 'v2' || unified === undefined) return readUsageV1(paths.folders, options.perCpu ?? false)
  const usage = readUsageV2(unified)
  if (usage && options.psi) usage.psi = readPressure(unified)
  return usage
}
