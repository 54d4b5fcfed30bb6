import type { Info } from '../../engine/contract/index.ts'

/** The name and version of a host's distribution: `Debian 13`. */
export function distributionOf({ distribution: { distribution, version } }: Info['host']): string {
  return `${distribution.charAt(0).toUpperCase()}${distribution.slice(1)} ${version}`
}
