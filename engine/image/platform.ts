/** An image's platform, with Go's names (`linux`, `amd64`). */
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

/** This machine's platform with the requested parts. Common aliases (`x86_64`) are understood. */
export function wantedPlatform(wanted: { os?: string; architecture?: string; variant?: string }): Platform {
  const host = hostPlatform()
  const named = wanted.architecture
    ? (aliases.get(wanted.architecture.toLowerCase()) ?? { architecture: wanted.architecture })
    : {}
  const platform: Platform = { ...host, ...named, os: wanted.os || host.os }
  const variant = wanted.variant || named.variant
  return variant ? { ...platform, variant } : platform
}

/** `os/architecture[/variant]`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/')
}
