// npm start: everything from a fresh clone to a running console. As root for everyone on this machine,
// as an ordinary user for oneself.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIsCurrent } from './fingerprint.mjs'
import { ensureFolders, ensurePam, ensureUnits, ensureUsers, installBuild, installedLauncher, offerDocker } from './install.mjs'
import { ensurePrograms, runtimePackages } from './packages.mjs'
import { ensurePackages, toolchainEnv, top } from './toolchain.mjs'

/** Whether the command `docker` is to call Berth, on a host that has no docker. */
const dockerOption = '--docker-link'

const say = (line) => console.error(`berth: ${line}`)

/** Brings the npm packages, the programs and the build up to date; as root installs them. Returns the launcher to run. */
export function prepare() {
  ensurePackages(say)
  const complete = ensurePrograms(runtimePackages, say)
  if (!buildIsCurrent()) {
    say('Building …')
    const built = spawnSync('node', ['esbuild.config.ts'], { cwd: top, env: toolchainEnv(), stdio: ['ignore', 2, 2] })
    if (built.status !== 0) throw new Error('The build failed: see above.')
  }
  const ours = join(top, 'dist/bin/berth')
  if (process.getuid() !== 0) return ours
  if (!complete) throw new Error('Some programs are missing: see above.')
  ensureUsers(say)
  ensurePam(say)
  ensureFolders(say)
  installBuild(say)
  if (process.argv.includes(dockerOption)) offerDocker(say)
  ensureUnits()
  return installedLauncher
}

function main() {
  let launcher
  try {
    launcher = prepare()
  } catch (error) {
    say(error.message)
    process.exit(1)
  }
  const local = process.getuid() !== 0
  say(local ? 'Starting a local session of your own …' : 'Starting the console …')
  const child = spawn(launcher, ['console', ...process.argv.slice(2).filter((word) => word !== dockerOption)], {
    stdio: 'inherit',
  })
  // Ctrl-C reaches the console through the terminal; it ends by itself and containers stay.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {})
  // npm passes a signal on to its shell, which ends without telling us.
  const parent = process.ppid
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref()
  child.on('error', (error) => {
    say(`${launcher} cannot be run: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 0 : code))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
