// The external programs Berth uses, what to look for, and what each distribution calls the package.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'

/** Folders where programs may be, PATH or not. */
const folders = [
  ...(process.env.PATH ?? '').split(':').filter(Boolean),
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/usr/lib/podman',
  '/usr/libexec/podman',
  '/usr/libexec/catatonit',
  '/usr/libexec',
]

/**
 * `look`: a program's name, or paths of which one must exist (`*` stands for one folder).
 * `use`: what does not work without it, or, with `optional`, not as well.
 */
const row = (look, apt, dnf, zypper, use, optional = false) => ({ look, apt, dnf, zypper, use, optional })

/** What running Berth needs. */
export const runtimePackages = [
  row('crun', 'crun', 'crun', 'crun', 'containers'),
  row('runc', 'runc', 'runc', 'runc', 'containers on hosts with mixed cgroups'),
  row('conmon', 'conmon', 'conmon', 'conmon', 'containers'),
  row('netavark', 'netavark', 'netavark', 'netavark', 'bridge networks'),
  row('aardvark-dns', 'aardvark-dns', 'aardvark-dns', 'aardvark-dns', 'names on networks'),
  row('pasta', 'passt', 'passt', 'passt', "ordinary users' networks"),
  row('criu', 'criu', 'criu', 'criu', 'checkpoints'),
  row(
    ['/usr/lib/*/libcriu.so.2', '/usr/lib64/libcriu.so.2', '/usr/lib/libcriu.so.2'],
    'libcriu2',
    'criu-libs',
    'libcriu2',
    'checkpoints',
  ),
  row('catatonit', 'catatonit', 'catatonit', 'catatonit', 'pods and --init'),
  row('newuidmap', 'uidmap', 'shadow-utils', 'shadow', 'ordinary users'),
  row('ip', 'iproute2', 'iproute', 'iproute2', 'networks'),
  row('nft', 'nftables', 'nftables', 'nftables', 'published ports'),
  row('mount', 'mount', 'util-linux-core', 'util-linux', 'volumes of other file systems'),
  row('nsenter', 'util-linux', 'util-linux', 'util-linux', 'ordinary users'),
  row('setpriv', 'util-linux', 'util-linux', 'util-linux', 'the console'),
  row('openssl', 'openssl', 'openssl', 'openssl', "the console's certificate"),
  row('igzip', 'isal', 'isa-l-tools', 'isa-l', 'fast pulls', true),
  row('zstd', 'zstd', 'zstd', 'zstd', 'fast pulls', true),
  row('gpg', 'gpg', 'gnupg2', 'gpg2', 'signed images, secrets of the driver pass', true),
  row('gpg-agent', 'gpg-agent', 'gnupg2', 'gpg2', 'signing images', true),
  row(
    ['/usr/share/containers/seccomp.json', '/etc/containers/seccomp.json'],
    'golang-github-containers-common',
    'containers-common',
    'libcontainers-common',
    'the default seccomp profile',
  ),
  row(
    ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem'],
    'ca-certificates',
    'ca-certificates',
    'ca-certificates',
    'registries',
  ),
]

/** What the tests need besides: peers to compare with, a registry, a browser, a machine. */
export const testPackages = [
  row('docker-registry', 'docker-registry', 'docker-distribution', 'distribution-registry', 'a registry'),
  row(['/usr/bin/busybox', '/bin/busybox'], 'busybox-static', 'busybox', 'busybox-static', 'test images'),
  row('curl', 'curl', 'curl', 'curl', 'REST tests'),
  row('fish', 'fish', 'fish', 'fish', 'completion in fish'),
  row('podman', 'podman', 'podman', 'podman', 'podman --remote, and the comparison in npm run bench'),
  row('docker', 'docker-cli', 'docker-cli', 'docker', 'the docker client'),
  row(
    ['/usr/libexec/docker/cli-plugins/docker-compose', '/usr/lib/docker/cli-plugins/docker-compose'],
    'docker-compose',
    'docker-compose',
    'docker-compose',
    'docker compose',
  ),
  row(
    ['/usr/lib/python3/dist-packages/docker', '/usr/lib/python3*/site-packages/docker'],
    'python3-docker',
    'python3-docker',
    'python3-docker',
    "Python's clients",
  ),
  row(
    ['/usr/lib/python3/dist-packages/podman', '/usr/lib/python3*/site-packages/podman'],
    'python3-podman',
    'python3-podman',
    'python3-podman',
    "Python's clients",
  ),
  row('podman-compose', 'podman-compose', 'podman-compose', 'podman-compose', 'podman-compose'),
  row('ansible-playbook', 'ansible', 'ansible', 'ansible', "ansible's modules"),
  row('skopeo', 'skopeo', 'skopeo', 'skopeo', 'images read by other tools'),
  row('umoci', 'umoci', 'umoci', 'umoci', 'images read by other tools'),
  row('oci-image-tool', 'oci-image-tool', 'oci-image-tool', 'oci-image-tool', 'images read by other tools'),
  row('oras', 'oras', 'oras', 'oras', 'artifacts read by other tools'),
  row('cosign', 'cosign', 'cosign', 'cosign', 'signatures read by other tools'),
  row('chromium', 'chromium', 'chromium', 'chromium', 'browser tests'),
  row(
    [
      '/usr/share/fonts/truetype/nanum/NanumGothic.ttf',
      '/usr/share/fonts/google-noto-*/NotoSansKR*',
      '/usr/share/fonts/truetype/Nanum*',
    ],
    'fonts-nanum',
    'google-noto-sans-kr-fonts',
    'nanum-fonts',
    'Korean screenshots',
  ),
  row(
    ['/usr/lib/cockpit/cockpit-ws', '/usr/libexec/cockpit-ws'],
    'cockpit-ws',
    'cockpit-ws',
    'cockpit-ws',
    'the page in a real Cockpit',
  ),
  row('cockpit-bridge', 'cockpit-bridge', 'cockpit-bridge', 'cockpit-bridge', 'the page in a real Cockpit'),
  row(
    ['/usr/share/cockpit/systemd/manifest.json'],
    'cockpit-system',
    'cockpit-system',
    'cockpit-system',
    'the page in a real Cockpit',
  ),
  row(
    ['/usr/share/cockpit/podman/manifest.json'],
    'cockpit-podman',
    'cockpit-podman',
    'cockpit-podman',
    "another's page at our console",
  ),
  row('qemu-system-x86_64', 'qemu-system-x86', 'qemu-system-x86-core', 'qemu-x86', 'the test machine'),
  row('qemu-img', 'qemu-utils', 'qemu-img', 'qemu-tools', 'the test machine'),
  row('mmdebstrap', 'mmdebstrap', 'mmdebstrap', 'mmdebstrap', 'the test machine'),
  row('ssh', 'openssh-client', 'openssh-clients', 'openssh-clients', 'the test machine'),
  row('cpio', 'cpio', 'cpio', 'cpio', 'the test machine'),
  row('xz', 'xz-utils', 'xz', 'xz', 'the test machine'),
  row('mkfs.ext4', 'e2fsprogs', 'e2fsprogs', 'e2fsprogs', 'the test machine'),
  row('virtiofsd', 'virtiofsd', 'virtiofsd', 'virtiofsd', 'the test machine'),
  row('socat', 'socat', 'socat', 'socat', 'the test machine'),
]

/** The rows of `table` that this machine lacks. */
export function missing(table) {
  return table.filter(({ look }) => !(Array.isArray(look) ? look.some(pathExists) : programExists(look)))
}

function programExists(name) {
  return folders.some((folder) => {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function pathExists(pattern) {
  if (!pattern.includes('*')) return existsSync(pattern)
  const start = pattern.indexOf('*')
  const base = pattern.slice(0, pattern.lastIndexOf('/', start) + 1)
  const segment = pattern.slice(base.length).split('/')[0]
  const tail = pattern.slice(base.length + segment.length)
  const matcher = new RegExp(
    `^${segment
      .split('*')
      .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  )
  try {
    return readdirSync(base).some((name) => matcher.test(name) && pathExists(`${base}${name}${tail}`))
  } catch {
    return false
  }
}

/** This machine's package installer: its name and the command that installs. Undefined where there is none we know. */
export function installer() {
  if (programExists('apt-get')) return { name: 'apt', command: ['apt-get', 'install', '-y', '--no-install-recommends'] }
  if (programExists('dnf')) return { name: 'dnf', command: ['dnf', 'install', '-y', '--setopt=install_weak_deps=False'] }
  if (programExists('zypper')) return { name: 'zypper', command: ['zypper', '--non-interactive', 'install', '--no-recommends'] }
  return undefined
}

/**
 * Installs what `table` names and this machine lacks; without root, says what to tell an administrator.
 * Returns whether everything is there afterwards that has to be.
 */
export function ensurePrograms(table, say = console.error) {
  const lacking = missing(table)
  if (lacking.length === 0) return true
  const tool = installer()
  const names = [...new Set(lacking.map((each) => each[tool?.name ?? 'apt']))]
  if (!tool) {
    say(`Missing here: ${names.join(', ')} (as Debian calls them). Neither apt-get, dnf nor zypper is here to install them.`)
    return false
  }
  if (process.getuid() !== 0) {
    const uses = [...new Set(lacking.map((each) => each.use))]
    say(
      `Missing here: ${names.join(', ')} (needed for ${uses.join(', ')}). An administrator installs them with: ${[...tool.command, ...names].join(' ')}`,
    )
    return lacking.every(({ optional }) => optional)
  }
  // A machine without a network is not kept waiting at each start for what it can do without.
  if (lacking.every(({ optional }) => optional) && tool.name === 'apt' && !namesAreKnown(names)) {
    say(
      `Going on without ${names.join(', ')}, which apt does not know: no ${[...new Set(lacking.map(({ use }) => use))].join(', ')}.`,
    )
    return true
  }
  say(`Installing with ${tool.name}: ${names.join(' ')} …`)
  const installed = tool.name === 'apt' ? aptInstall(tool.command, names) : run(tool.command, names)
  if (!installed) say(`These packages could not be installed: ${names.join(' ')}. See the lines above.`)
  const left = missing(table)
  for (const { use, ...each } of left.filter(({ optional }) => optional)) say(`Going on without ${each[tool.name]}: no ${use}.`)
  return left.every(({ optional }) => optional)
}

function aptInstall(command, names) {
  const withLock = [command[0], '-o', 'DPkg::Lock::Timeout=300', '-q', ...command.slice(1)]
  // Lists may be absent (a fresh container) or old (then a file is gone from the mirror).
  if (namesAreKnown(names) && run(withLock, names)) return true
  run(['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-q', 'update'], [])
  return run(withLock, names)
}

function namesAreKnown(names) {
  const result = spawnSync('apt-cache', ['show', '--no-all-versions', ...names], { stdio: 'ignore' })
  return result.status === 0
}

function run([program, ...args], names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' }
  // What packages print goes to our errors, so that a caller's output stays its own.
  return spawnSync(program, [...args, ...names], { env, stdio: ['ignore', 2, 2] }).status === 0
}
