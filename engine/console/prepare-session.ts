import type { Account, PreparedSession } from '../../bridge/login/index.ts'
import { cgroupPaths, createCgroup, detectCgroups, removeCgroup } from '../lib/cgroup/index.ts'
import { isMountedAs } from '../lib/host/mount-table.ts'
import { OwnTree } from '../lib/files/own-tree.ts'
import { existsSync, mkdirSync, chmodSync, chownSync, rmdirSync, rmSync, writeFileSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { endPause, onlyPauseRuns } from '../agent/pause-process.ts'

/** Records which runtime folders were created by us. */
const markers = '/run/berth/made'

/** The folder of the runtime folders, which is root's. */
const runtimes = '/run/user'

/** Timeout for removing a user's files in their runtime folder, milliseconds. */
const removalTimeout = 10_000

/**
 * Creates for a login what systemd creates where it runs: the user's runtime folder and a delegated control group. Existing ones
 * are left alone. Releasing removes both once no process of that user is left, so containers that outlive the logout keep them.
 */
export function prepareSession(
  account: Account,
  environment: Record<string, string>,
  log: (line: string) => void,
): PreparedSession {
  const given = environment['XDG_RUNTIME_DIR'] !== undefined
  // Root's engine uses /run/berth and the system's own groups.
  if (account.uid === 0 || (given && underSystemd())) return { release: () => {} }
  const runtime = given ? {} : { environment: { XDG_RUNTIME_DIR: makeRuntimeFolder(account) } }
  const wrap = underSystemd() ? undefined : tryDelegate(account, log)
  return { ...runtime, ...(wrap === undefined ? {} : { wrap }), release: () => release(account, log) }
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
  const folder = join(runtimes, String(uid))
  mkdirSync(runtimes, { recursive: true, mode: 0o755 })
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (isOwnedBy(uid, folder)) return folder
    throw new Error(`${folder} is no folder of theirs; remove it.`, { cause: error })
  }
  chmodSync(folder, 0o700)
  chownSync(folder, uid, gid)
  mkdirSync(markers, { recursive: true, mode: 0o700 })
  writeFileSync(join(markers, String(uid)), '')
  return folder
}

/** A folder of the user's, or the tmpfs that logind and its like mount; not what the user may have mounted there. */
function isOwnedBy(uid: number, folder: string): boolean {
  using tree = OwnTree.open(runtimes, String(uid), uid)
  return tree !== undefined || (isMountedAs(folder, 'tmpfs') && lstatSync(folder).uid === uid)
}

function delegate({ uid, gid }: Account): PreparedSession['wrap'] {
  const cgroups = detectCgroups()
  const group = `/berth/user-${uid}`
  if (cgroups.mode !== 'v2') {
    createCgroup(cgroups, group, { uid, gid })
    return undefined
  }
  // Version 2 passes controllers on from folder to folder, and lets a user move only what is in their part already.
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

async function release({ uid, name }: Account, log: (line: string) => void): Promise<void> {
  if (!(await onlyPauseRuns(uid, runtimes))) return
  await endPause(uid, runtimes)
  const marker = join(markers, String(uid))
  if (existsSync(marker)) {
    const left = removeRuntimeFolder(uid)
    if (left === undefined) rmSync(marker, { force: true })
    else log(`the runtime folder of ${name} stays: ${left}`)
  }
  const cgroups = detectCgroups()
  await removeCgroup(cgroups, `/berth/user-${uid}`)
  for (const shared of [markers, ...Object.values(cgroupPaths(cgroups, '/berth').folders)]) removeIfEmpty(shared)
}

/** Removes what is the user's own and not mounted. @returns why something was kept. */
function removeRuntimeFolder(uid: number): string | undefined {
  {
    using tree = OwnTree.open(runtimes, String(uid), uid)
    if (tree === undefined) return 'it is not the one that was made'
    if (!tree.empty(Date.now() + removalTimeout)) return 'something in it is mounted, or is still being written'
  }
  removeIfEmpty(join(runtimes, String(uid)))
  return undefined
}

/** Shared folders are removed with the last user. */
function removeIfEmpty(folder: string | undefined): void {
  try {
    if (folder !== undefined) rmdirSync(folder)
  } catch {
    // Another user still uses it.
  }
}
