import { EngineError } from '../errors/index.ts'
import type { Descriptor, ManifestIndex } from './manifest.ts'

/** What an image runs on, in Go's words (`linux`, `amd64`). */
export interface Platform {
  os: string
  architecture: string
  variant?: string
}

const architectures: Record<string, string> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64el: 'mips64le',
}

const aliases = new Map<string, Partial<Platform>>([
  ['x86_64', { architecture: 'amd64' }],
  ['x86-64', { architecture: 'amd64' }],
  ['aarch64', { architecture: 'arm64' }],
  ['armhf', { architecture: 'arm', variant: 'v7' }],
  ['armel', { architecture: 'arm', variant: 'v6' }],
  ['i386', { architecture: '386' }],
])

/** This machine's platform. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: architectures[process.arch] ?? process.arch }
}

/** This machine's platform with what the caller asked for put over it. Usual other names (`x86_64`) are understood. */
export function wantedPlatform(wanted: { os?: string; architecture?: string; variant?: string }): Platform {
  const host = hostPlatform()
  const named = wanted.architecture
    ? (aliases.get(wanted.architecture.toLowerCase()) ?? { architecture: wanted.architecture })
    : {}
  const platform: Platform = { ...host, ...named, os: wanted.os || host.os }
  const variant = wanted.variant || named.variant
  return variant ? { ...platform, variant } : platform
}

/**
 * The image of an index for a platform: one of the same variant first, then, on arm, the highest lower variant, then any without.
 * @throws ImagePlatformMissing naming what there is instead.
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

/** `os/architecture[/variant]`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/')
}

function armVersion(variant: string | undefined): number {
  const match = /^v(\d)/.exec(variant ?? '')
  return match ? Number(match[1]) : 7
}
