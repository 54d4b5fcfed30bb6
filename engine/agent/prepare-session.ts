import type { Account, PreparedSession } from '../../bridge/login/index.ts'
import { cgroupPaths, createCgroup, detectCgroups, removeCgroup } from '../lib/cgroup.ts'
import { isAlive } from '../lib/process.ts'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where it is noted which runtime folders were made by us. */
const notes = '/run/berth/made'

/** Milliseconds to wait for a user's last processes. */
const patience = 3_000

/**
 * Makes for a login what systemd makes where it runs: the user's runtime folder, and a control group of their own. What
 * is there already is left as it is. Releasing takes both away once nothing of that user runs any more, so containers
 * that go on after the logout keep them.
 */
export function prepareSession(
  account: Account,
  environment: Record<string, string>,
  log: (line: string) => void,
): PreparedSession {
  const given = environment['XDG_RUNTIME_DIR'] !== undefined
  // Root's engine keeps to /run/berth and the system's own groups.
  if (account.uid === 0 || (given && underSystemd())) return { release: () => {} }
  const runtime = given ? {} : { environment: { XDG_RUNTIME_DIR: makeRuntimeFolder(account) } }
  const wrap = underSystemd() ? undefined : tryDelegate(account, log)
  return { ...runtime, ...(wrap === undefined ? {} : { wrap }), release: () => release(account) }
}

const underSystemd = (): boolean => existsSync('/run/systemd/system')

function tryDelegate(account: Account, log: (line: string) => void): PreparedSession['wrap'] {
  try {
    return delegate(account)
  } catch (error) {
    log(`user ${account.name} has no control group of their own: ${(error as Error).message}`)
    return undefined
  }
}

function makeRuntimeFolder({ uid, gid }: Account): string {
  const folder = `/run/user/${uid}`
  const there = lstatSync(folder, { throwIfNoEntry: false })
  if (there?.isDirectory() === true && there.uid === uid) return folder
  if (there !== undefined) throw new Error(`${folder} belongs to someone else; remove it.`)
  mkdirSync('/run/user', { recursive: true, mode: 0o755 })
  mkdirSync(folder, { mode: 0o700 })
  chmodSync(folder, 0o700)
  chownSync(folder, uid, gid)
  mkdirSync(notes, { recursive: true, mode: 0o700 })
  writeFileSync(join(notes, String(uid)), '')
  return folder
}

function delegate({ uid, gid }: Account): PreparedSession['wrap'] {
  const cgroups = detectCgroups()
  const group = `/berth/user-${uid}`
  if (cgroups.mode !== 'v2') {
    createCgroup(cgroups, group, { uid, gid })
    return undefined
  }
  // Version 2 gives controllers on from folder to folder, and lets a user move only what is in their part already.
  for (const folder of ['', '/berth', group]) {
    if (folder !== '') createCgroup(cgroups, folder)
    for (const controller of ['memory', 'cpu', 'pids', 'io', 'cpuset']) enable(join(cgroups.root, folder), controller)
  }
  createCgroup(cgroups, group, { uid, gid })
  createCgroup(cgroups, `${group}/agent`, { uid, gid })
  const procs = join(cgroups.root, group, 'agent/cgroup.procs')
  return (argv) => ['/bin/sh', '-c', 'echo $$ >"$0" || exit 125; exec "$@"', procs, ...argv]
}

function enable(folder: string, controller: string): void {
  try {
    writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`)
  } catch {
    // A controller that this host lacks is missing in containers too, and limits that need it say so.
  }
}

async function release({ uid }: Account): Promise<void> {
  const runtime = `/run/user/${uid}`
  for (const end = Date.now() + patience; !onlyPause(uid, runtime);) {
    if (Date.now() > end) return
    await sleep(50)
  }
  const pause = pauseProcess(runtime)
  if (pause !== undefined) {
    process.kill(pause, 'SIGKILL')
    for (const end = Date.now() + patience; isAlive(pause) && Date.now() < end;) await sleep(10)
  }
  const note = join(notes, String(uid))
  if (existsSync(note)) {
    rmSync(runtime, { recursive: true, force: true })
    rmSync(note, { force: true })
  }
  const cgroups = detectCgroups()
  await removeCgroup(cgroups, `/berth/user-${uid}`)
  for (const shared of [notes, ...Object.values(cgroupPaths(cgroups, '/berth').folders)]) removeIfEmpty(shared)
}

/** What all users share goes with the last of them. */
function removeIfEmpty(folder: string | undefined): void {
  try {
    if (folder !== undefined) rmdirSync(folder)
  } catch {
    // Somebody else still uses it.
  }
}

/** Whether the user has no process but the one that holds their namespaces. */
function onlyPause(uid: number, runtime: string): boolean {
  const own = processesOf(uid)
  const pause = pauseProcess(runtime)
  return own.every((pid) => pid === pause)
}

function processesOf(uid: number): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const status = readFileSync(`/proc/${name}/status`, 'latin1')
      if (new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(status) && !/^State:\s+[ZX]/m.test(status)) found.push(Number(name))
    } catch {
      // It ended meanwhile.
    }
  }
  return found
}

/** The process that holds the user's namespaces, if its record is true and it is the user's own. */
function pauseProcess(runtime: string): number | undefined {
  try {
    const record = join(runtime, 'berth/pause')
    if (!lstatSync(record).isFile()) return undefined
    const [pid, start] = readFileSync(record, 'latin1').trim().split(' ')
    const number = Number(pid)
    if (!Number.isInteger(number) || !isAlive(number, start)) return undefined
    return lstatSync(record).uid === ownerOf(number) ? number : undefined
  } catch {
    return undefined
  }
}

function ownerOf(pid: number): number | undefined {
  const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return uid === undefined ? undefined : Number(uid)
}
