import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { must, run } from './processes.ts'

/** Someone the tests act as. */
export interface User {
  name: string
  uid: number
  gid: number
  home: string
  /** Their runtime directory, the one of the user manager where there is one. */
  runtime: string
}

/** The ordinary users of the tests; their passwords are their names. */
export const ordinary = ['alice', 'bob']

/** Runs that are using the users at this moment, a file each, so that the last one removes them. */
const runs = '/tmp/berth-e2e-runs'

/** Makes the users that are missing. */
export async function makeUsers(): Promise<void> {
  mkdirSync(runs, { recursive: true, mode: 0o700 })
  writeFileSync(join(runs, String(process.pid)), '')
  for (const name of ordinary.filter((each) => lookUp(each) === undefined)) {
    await must('useradd', ['-m', '-s', '/bin/bash', '-c', mark, name])
    await must('chpasswd', [], { input: `${name}:${name}\n` })
  }
  if (!existsSync('/run/systemd/system')) for (const name of ordinary) makeRuntime(lookUp(name)!)
}

/** The folder that a login makes where no systemd does, so that a command line and a console's session share it. */
function makeRuntime({ uid, gid }: { uid: number; gid: number }): void {
  const folder = `/run/user/${uid}`
  if (existsSync(folder)) return
  mkdirSync('/run/user', { recursive: true, mode: 0o755 })
  mkdirSync(folder, { mode: 0o700 })
  chownSync(folder, uid, gid)
}

/** How an account that a test run made is told from a person's. */
const mark = 'Berth test'

/** Ends what the users that test runs made still run, and removes them with their homes, unless another run is at work. */
export async function removeUsers(): Promise<void> {
  if (!existsSync(runs)) return
  rmSync(join(runs, String(process.pid)), { force: true })
  for (const name of readdirSync(runs)) if (!existsSync(join('/proc', name))) rmSync(join(runs, name), { force: true })
  if (readdirSync(runs).length > 0) return
  rmSync(runs, { recursive: true, force: true })
  for (const name of ordinary) {
    const user = lookUp(name)
    if (user === undefined || !isOurs(name)) continue
    for (const pid of processesOf(user)) killIfThere(pid)
    for (let tries = 0; tries < 50 && processesOf(user).length > 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50))
    await run('userdel', ['-r', name])
    rmSync(`/tmp/berth-run-${user.uid}`, { recursive: true, force: true })
    if (!existsSync('/run/systemd/system')) rmSync(`/run/user/${user.uid}`, { recursive: true, force: true })
  }
}

function isOurs(name: string): boolean {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .some((line) => line.startsWith(`${name}:`) && line.split(':')[4] === mark)
}

/** Pids of the user and of their sub-ids. */
export function processesOf(user: { name: string; uid: number }): number[] {
  const ranges = [[user.uid, 1] as const, ...subids(user.name)]
  return pids().filter((pid) => {
    const uid = uidOf(pid)
    return uid !== undefined && ranges.some(([first, count]) => uid >= first && uid < first + count)
  })
}

function subids(name: string): (readonly [number, number])[] {
  const lines = existsSync('/etc/subuid') ? readFileSync('/etc/subuid', 'utf8').split('\n') : []
  return lines
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => [Number(line.split(':')[1]), Number(line.split(':')[2])] as const)
}

/** Every process's pid. */
export function pids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
}

function uidOf(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return /^State:\s+Z/m.test(status) ? undefined : Number(/^Uid:\s+(\d+)/m.exec(status)?.[1])
  } catch {
    return undefined
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended meanwhile
  }
}

/** An account of this machine; `folder` holds runtime directories for users without a user manager. */
export function findUser(name: string, folder: string): User {
  const user = lookUp(name)
  if (user === undefined) throw new Error(`There is no user ${name} on this machine.`)
  const managed = `/run/user/${user.uid}`
  if (alone && existsSync(managed) && statSync(managed).uid === user.uid) return { ...user, runtime: managed }
  const runtime = join(folder, `run-${name}`)
  mkdirSync(runtime, { recursive: true, mode: 0o700 })
  chownSync(runtime, user.uid, user.gid)
  const data = join(folder, `data-${name}`)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  chownSync(data, user.uid, user.gid)
  return { ...user, runtime }
}

function lookUp(name: string): Omit<User, 'runtime'> | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`))
  if (line === undefined) return undefined
  const [, , uid, gid, , home] = line.split(':')
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/' }
}

/** Whether this machine is the test's alone. Otherwise other runs may act as the same users at the same time. */
export const alone = process.env.CI === 'true' || process.env.BERTH_TEST_ALONE === '1'

/** Whether this file has a sandbox: processes, mounts, network, accounts and folders of its own. */
export const sandboxed = process.env.BERTH_TEST_SANDBOX === '1'

/** Where a user's store is: in their home, as people have it, or in the run's folder when other runs use the same home. */
export function dataFolder(user: User): string {
  return alone ? join(user.home, '.local/share') : join(dirname(user.runtime), `data-${user.name}`)
}

/** The environment of a login of theirs, and nothing of ours. */
export function environment(user: User): Record<string, string> {
  const bus = join(user.runtime, 'bus')
  return {
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    XDG_RUNTIME_DIR: user.runtime,
    ...(alone || user.uid === 0 ? {} : { XDG_DATA_HOME: dataFolder(user) }),
    ...(existsSync(bus) ? { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` } : {}),
  }
}

/** The words before a command that make it run as this user. */
export function become(user: User): string[] {
  if (user.uid === process.getuid?.()) return []
  return ['setpriv', '--reuid', String(user.uid), '--regid', String(user.gid), '--init-groups', '--']
}
