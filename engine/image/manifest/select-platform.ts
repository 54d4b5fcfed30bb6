import { EngineError } from '../../errors/index.ts'
import { formatPlatform, type Platform } from '../platform.ts'
import type { Descriptor, ManifestIndex } from './manifest.ts'

/**
 * The image of an index for a platform: one of the same variant first, then, on arm, the highest lower variant, then any without.
 * @throws ImagePlatformMissing naming the available ones.
 */
export function selectPlatform(index: ManifestIndex, wanted: Platform, what: string): Descriptor {
  const same = index.manifests.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  )
  const variant = wanted.variant ?? (wanted.architecture === 'arm64' ? 'v8' : undefined)
  const exact = same.find(({ platform }) => platform?.variant === variant)
  if (exact) return exact
  const loose =
    wanted.architecture === 'arm'
      ? same.filter(({ platform }) => armVersion(platform?.variant) <= armVersion(variant))
      : wanted.variant
        ? []
        : same
  const best =
    loose.toSorted((a, b) => armVersion(b.platform?.variant) - armVersion(a.platform?.variant))[0] ??
    same.find(({ platform }) => !platform?.variant)
  if (best) return best
  const offered = [
    ...new Set(
      index.manifests.flatMap(({ platform }) => (platform && platform.os !== 'unknown' ? [formatPlatform(platform)] : [])),
    ),
  ]
  throw new EngineError(
    'ImagePlatformMissing',
    `${what} has no image for ${formatPlatform(wanted)}${offered.length > 0 ? `; it offers ${offered.slice(0, 12).join(', ')}` : ''}.`,
    { details: { platform: formatPlatform(wanted), offered } },
  )
}

function armVersion(variant: string | undefined): number {
  const match = /^v(\d)/.exec(variant ?? '')
  return match ? Number(match[1]) : 7
}
