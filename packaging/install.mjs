// Puts a build where every user can run it, and makes what the console needs. Every step may be repeated.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { top } from './toolchain.mjs'

const home = '/usr/local/lib/berth'
const command = '/usr/local/bin/berth'

/** The launcher every installed thing is run by; the link moves with the version. */
export const installedLauncher = join(home, 'current/bin/berth')

/** The installed build's name: the version and a mark of its content. */
function versionName(mark) {
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))
  return `${version}-${mark.slice(0, 8)}`
}

/** Copies dist/ to /usr/local/lib/berth/VERSION, points `current` at it and offers /usr/local/bin/berth. */
export function installBuild(say) {
  const name = versionName(readFileSync(join(top, 'dist', '.fingerprint'), 'utf8'))
  const target = join(home, name)
  if (!existsSync(join(target, '.fingerprint'))) {
    say(`Installing the build to ${target} …`)
    mkdirSync(home, { recursive: true, mode: 0o755 })
    const fresh = `${target}.new-${process.pid}`
    rmSync(fresh, { recursive: true, force: true })
    cpSync(join(top, 'dist'), fresh, { recursive: true, preserveTimestamps: true, dereference: true })
    openToAll(fresh)
    rmSync(target, { recursive: true, force: true })
    renameSync(fresh, target)
  }
  const link = join(home, 'current')
  const before = existsSync(link) ? basename(readlinkSync(link)) : undefined
  if (before !== name) pointTo(name, link)
  removeOldVersions(name, before)
  offerCommand(say)
}

// An administrator's umask must not close the programs to the users.
function openToAll(path) {
  const { mode } = lstatSync(path)
  if (!statSync(path).isDirectory()) return chmodSync(path, mode & 0o111 ? 0o755 : 0o644)
  chmodSync(path, 0o755)
  for (const entry of readdirSync(path)) openToAll(join(path, entry))
}

function pointTo(target, link) {
  const fresh = `${link}.new-${process.pid}`
  rmSync(fresh, { force: true })
  symlinkSync(target, fresh)
  renameSync(fresh, link)
}

// The one before stays for a while, and so does any that a process was started from: monitors run their exit command from it.
function removeOldVersions(...keep) {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .join('\n')
  for (const name of readdirSync(home)) {
    const path = join(home, name)
    if (name !== 'current' && !keep.includes(name) && !commands.includes(`${path}/`))
      rmSync(path, { recursive: true, force: true })
  }
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return '' // it has ended meanwhile
  }
}

function offerCommand(say) {
  try {
    const there = lstatSync(command)
    if (!there.isSymbolicLink() || readlinkSync(command) !== installedLauncher)
      say(`${command} is something else and stays: run ${installedLauncher}.`)
  } catch {
    mkdirSync('/usr/local/bin', { recursive: true })
    symlinkSync(installedLauncher, command)
  }
}

/** Offers docker's name for the command line, unless a program has that name already. */
export function offerDocker(say) {
  const link = '/usr/local/bin/docker'
  const target = join(home, 'current/bin/docker')
  const taken = spawnSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).stdout.trim()
  if (taken !== '' && taken !== link) return say(`${taken} is there already: docker stays what it is.`)
  try {
    if (readlinkSync(link) !== target) say(`${link} is something else and stays.`)
  } catch {
    mkdirSync('/usr/local/bin', { recursive: true })
    symlinkSync(target, link)
    say(`${link} now calls Berth.`)
  }
}

/** Makes the system users that the web server, and the recorder of resource use, run as. */
export function ensureUsers(say) {
  ensureUser('berth', 'Berth console', say)
  ensureUser('berth-usage', 'Berth resource history', say)
}

function ensureUser(name, comment, say) {
  if (
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .some((line) => line.startsWith(`${name}:`))
  )
    return
  if (spawnSync('getent', ['passwd', name], { stdio: 'ignore' }).status === 0) return
  say(`Making the system user ${name} …`)
  const home = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin']
  const args = ['--system', '--user-group', ...home, '--comment', comment, name]
  const result = spawnSync('useradd', args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  if (result.status !== 0)
    throw new Error(`The system user ${name} cannot be made: ${result.stderr?.trim() || result.error?.message}`)
}

/** Installs our PAM service; a file an administrator has changed stays. */
export function ensurePam(say) {
  const path = '/etc/pam.d/berth'
  if (existsSync(path)) return
  const source = existsSync('/etc/pam.d/common-auth') ? 'berth' : 'berth.redhat'
  say(`Installing ${path} …`)
  const fresh = `${path}.dpkg-new`
  writeFileSync(fresh, readFileSync(join(top, 'packaging/pam', source)), { mode: 0o644 })
  renameSync(fresh, path)
}

/**
 * Units, by their place below systemd/, for the system and for every user. The socket is not enabled, only there to be started.
 * What starts containers at boot, and what records their resource use, is enabled once, when it first comes; an administrator may
 * disable it.
 */
const units = {
  system: {
    'berth.socket': 'berth.socket',
    'berth.service': 'berth.service',
    'berth-restart.service': 'berth-restart.service',
    'berth-usage.service': 'berth-usage.service',
  },
  user: {
    'berth.socket': 'berth.socket',
    'berth.service': 'berth.service',
    'berth-restart.service': 'user/berth-restart.service',
  },
}
const enabled = ['berth-restart.service', 'berth-usage.service']
const recorder = 'berth-usage.service'

/** Offers our units to systemd. */
export function ensureUnits() {
  if (!existsSync('/run/systemd/system')) return
  let changed = false
  const fresh = []
  for (const scope of ['system', 'user']) {
    const folder = `/usr/local/lib/systemd/${scope}`
    mkdirSync(folder, { recursive: true })
    for (const [name, source] of Object.entries(units[scope])) {
      const content = readFileSync(join(top, 'packaging/systemd', source), 'utf8')
      const path = join(folder, name)
      const there = existsSync(path)
      if (there && readFileSync(path, 'utf8') === content) continue
      writeFileSync(path, content, { mode: 0o644 })
      changed = true
      if (enabled.includes(name) && !there) fresh.push([scope, name])
    }
  }
  if (changed) spawnSync('systemctl', ['daemon-reload'], { stdio: 'ignore' })
  for (const [scope, name] of fresh)
    spawnSync('systemctl', [...(scope === 'user' ? ['--global'] : []), 'enable', name], { stdio: 'ignore' })
  // It runs from the build of this moment; one that an administrator stopped stays stopped.
  const isFresh = fresh.some(([, name]) => name === recorder)
  spawnSync('systemctl', ['--no-block', isFresh ? 'restart' : 'try-restart', recorder], { stdio: 'ignore' })
}

/** Makes root's store and run folders, and lets everyone open /dev/net/tun, as usual servers do. */
export function ensureFolders(say) {
  mkdirSync('/var/lib/berth', { recursive: true, mode: 0o700 })
  mkdirSync('/run/berth', { recursive: true, mode: 0o711 })
  const tun = '/dev/net/tun'
  if (!existsSync(tun)) return
  if ((statSync(tun).mode & 0o666) === 0o666) return
  say(`Opening ${tun} to all users (0666), as their networks need …`)
  chmodSync(tun, 0o666)
}
