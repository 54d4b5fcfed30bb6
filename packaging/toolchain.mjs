// The npm packages and the pinned Node, before anything of ours can run. Plain JavaScript for whatever Node ≥ 20 runs npm.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The top folder of this clone. */
export const top = dirname(dirname(fileURLToPath(import.meta.url)))

// useradd, chpasswd and nft live in the sbin folders, which are not in every root's PATH.
process.env.PATH = [
  ...new Set([...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']),
]
  .filter(Boolean)
  .join(':')

/** The folder of the pinned Node's `node`, or undefined where there is no build for this machine. */
export function pinnedNodeFolder() {
  const folder = join(top, 'node_modules', `node-linux-${process.arch}`, 'bin')
  return existsSync(join(folder, 'node')) ? folder : undefined
}

/** `env` with the pinned Node and the packages' programs first in PATH. */
export function toolchainEnv(env = process.env) {
  const folders = [pinnedNodeFolder(), join(top, 'node_modules', '.bin'), env.PATH]
  return { ...env, PATH: folders.filter(Boolean).join(':') }
}

/**
 * Whether node_modules holds what package-lock.json asks for.
 * Compared by content: dates say nothing after a clone, a pull or a copy.
 */
export function packagesAreCurrent() {
  const wanted = readLock(join(top, 'package-lock.json'))
  const present = readLock(join(top, 'node_modules', '.package-lock.json'))
  if (!wanted || !present || !pinnedNodeFolder()) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.link) return true
    const found = present[path]
    return found ? found.version === entry.version : entry.optional === true || entry.devOptional === true || entry.peer === true
  })
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Installs the locked packages when that is needed, saying so. Ends the process with npm's exit code when that fails. */
export function ensurePackages(say = console.error) {
  if (packagesAreCurrent()) return
  say('Installing the npm packages of package-lock.json …')
  // Not `npm ci`: it refuses a lock without builds for other systems, which not every registry has. No install scripts:
  // none of our packages needs one.
  const result = spawnSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: top,
    stdio: ['ignore', 2, 2],
  })
  if (result.status === 0 && pinnedNodeFolder()) return
  say(
    result.status === 0
      ? `There is no pinned Node for ${process.platform} ${process.arch}: Berth runs on Linux on x64 and arm64.`
      : 'npm install failed: see above. It needs the npm registry (npm config get registry).',
  )
  process.exit(result.status || 1)
}
