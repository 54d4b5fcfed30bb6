import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { run } from './processes.ts'
import { alone, dataFolder, findUser, ordinary, pids, processesOf, sandboxed, type User } from './users.ts'

// What a machine looks like, as names; what is there afterwards and was not before is a leak.
//
// In a sandbox everything counts. Elsewhere Alice's and Bob's things are theirs alone, and root's are found by this run's folder where
// other programs are at work on the same machine; on a machine of its own (CI, the test machine) everything counts there, too.

/** Names of things, by kind. */
export type Picture = Record<string, Set<string>>

/** Looks at the machine. */
export async function takePicture(): Promise<Picture> {
  const { folder } = inject('stage')
  const users = ordinary.map((name) => findUser(name, folder))
  const processes = processesOfUsers(users, folder)
  const picture: Picture = {
    processes: new Set(),
    mounts: new Set(mountsOf('self', folder)),
    'network namespaces': networkNamespaces(),
    cgroups: cgroups(folder),
    sockets: sockets(
      folder,
      users.map((user) => user.runtime),
    ),
    ports: ports(),
    'firewall rules': await firewall(),
    files: runFiles([
      join(folder, 'root/run'),
      ...users.map((user) => join(user.runtime, 'berth')),
      ...users.map((user) => `/tmp/berth-run-${user.uid}`),
    ]),
  }
  for (const [pid, name] of processes) addProcess(picture, pid, name)
  for (const pid of rootProcesses(folder, new Set(processes.keys()))) addProcess(picture, pid, 'root')
  return picture
}

/** Whose each process of the ordinary users is. */
function processesOfUsers(users: readonly User[], folder: string): Map<number, string> {
  const pairs = users.flatMap((user) => processesOf(user).map((pid) => [pid, user.name] as const))
  return new Map(pairs.filter(([pid]) => alone || isOfRun(pid, folder)))
}

function addProcess(picture: Picture, pid: number, owner: string): void {
  const words = commandOf(pid)
  // A user manager's own programs come and go.
  if (words === '' || /^\/usr\/(bin|lib|libexec)\/(dbus-|systemd)|^\(sd-pam\)/.test(words)) return
  // A user's namespace may be replaced: after a log-out the next command creates it again.
  const pause = /^\/usr\S*\/catatonit -P$|^sleep infinity$/.test(words)
  picture.processes!.add(pause ? `${owner}: a pause process` : `${owner}: ${words} (${pid})`)
  // A user's mounts are in the namespace that their pause process holds.
  if (pause) for (const mount of mountsOf(String(pid), inject('stage').folder)) picture.mounts!.add(`${owner}: ${mount}`)
}

function rootProcesses(folder: string, others: Set<number>): number[] {
  const own = ancestors(process.pid)
  if (sandboxed) return pids().filter((pid) => !others.has(pid) && !own.has(pid) && !isRegistry(pid, folder))
  const ours = new Set<number>()
  const family = descendants(process.pid)
  for (const pid of pids()) {
    if (others.has(pid) || family.has(pid)) continue
    if (mentions(pid, folder) || (alone && isOfEngine(pid))) ours.add(pid)
  }
  for (const pid of [...ours]) for (const child of descendants(pid)) if (!family.has(child)) ours.add(child)
  return [...ours].filter((pid) => !isRegistry(pid, folder))
}

/** Those of the stage, which are there for all of a file. */
function isRegistry(pid: number, folder: string): boolean {
  const configurations = ['registry', 'secure', 'expired'].map((name) => join(folder, name, 'config.yml'))
  return configurations.includes(commandOf(pid).split(' ').at(-1)!)
}

/** On a machine of our own: every program that engines start, and whatever is in a container's cgroup. */
function isOfEngine(pid: number): boolean {
  const program = commandOf(pid).split(' ')[0]!.split('/').at(-1)!
  const engines = /^(conmon|pasta|passt|pasta\.avx2|aardvark-dns|netavark|crun|runc|catatonit|criu|berth)$/
  return engines.test(program) || /\b[0-9a-f]{64}\b/.test(read(`/proc/${pid}/cgroup`))
}

/** Containers' processes do not mention the folder; the monitor above them does. */
function isOfRun(pid: number, folder: string): boolean {
  return [...ancestors(pid)].some((each) => mentions(each, folder) && !ancestors(process.pid).has(each))
}

function mentions(pid: number, folder: string): boolean {
  return commandOf(pid).includes(folder) || read(`/proc/${pid}/environ`).includes(folder)
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
}

function ancestors(pid: number): Set<number> {
  const found = new Set<number>()
  for (let each = pid; each > 0 && !found.has(each); each = parentOf(each)) found.add(each)
  return found
}

function descendants(pid: number): Set<number> {
  const parents = new Map(pids().map((each) => [each, parentOf(each)]))
  const found = new Set([pid])
  for (let size = 0; size !== found.size;) {
    size = found.size
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child)
  }
  return found
}

function mountsOf(pid: string, below: string): string[] {
  const lines = read(`/proc/${pid}/mountinfo`).split('\n').filter(Boolean)
  return lines
    .map((line) => line.split(' ')[4]!)
    .filter((path) => (alone ? !path.startsWith('/run/user') : path.startsWith(below)))
}

function networkNamespaces(): Set<string> {
  return new Set(
    ['/run/netns', '/var/run/netns'].filter((path) => existsSync(path)).flatMap((path) => (alone ? readdirSync(path) : [])),
  )
}

function cgroups(folder: string): Set<string> {
  const found = new Set<string>()
  const visit = (path: string, depth: number) => {
    for (const entry of names(path)) {
      const child = join(path, entry)
      if (depth > 8 || !existsSync(join(child, 'cgroup.procs'))) continue
      // What podman, beside which we are tested, leaves of its own.
      if (entry === 'libpod_parent') continue
      // Containers' folders have their id in the name.
      if (/[0-9a-f]{64}|libpod|berth-conmon/.test(entry) && (alone || isOfStore(entry, folder))) found.add(child)
      visit(child, depth + 1)
    }
  }
  for (const controller of names('/sys/fs/cgroup')) {
    const path = join('/sys/fs/cgroup', controller)
    if (existsSync(join(path, 'cgroup.procs'))) visit(path, 0)
  }
  return found
}

function isOfStore(name: string, folder: string): boolean {
  const id = /[0-9a-f]{64}/.exec(name)?.[0]
  if (id === undefined) return false
  const stores = [join(folder, 'root/store'), ...ordinary.map((user) => join(dataFolder(findUser(user, folder)), 'berth'))]
  seen.set(id, seen.get(id) ?? stores.some((store) => existsSync(join(store, 'containers', id))))
  return seen.get(id)!
}

const seen = new Map<string, boolean>()

function sockets(folder: string, runtimes: string[]): Set<string> {
  const lines = read('/proc/net/unix').split('\n').slice(1)
  const paths = lines.map((line) => line.split(/\s+/)[7]).filter((path): path is string => path !== undefined && path !== '')
  return new Set(
    paths.filter((path) =>
      [folder, ...runtimes.map((runtime) => join(runtime, 'berth'))].some((prefix) => path.startsWith(prefix)),
    ),
  )
}

function ports(): Set<string> {
  const found = new Set<string>()
  if (!alone) return found
  for (const [table, listening] of [
    ['tcp', '0A'],
    ['tcp6', '0A'],
    ['udp', '07'],
    ['udp6', '07'],
  ] as const) {
    for (const line of read(`/proc/net/${table}`).split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/)
      if (state === listening) found.add(`${table} ${Number.parseInt(local?.split(':')[1] ?? '0', 16)}`)
    }
  }
  return found
}

async function firewall(): Promise<Set<string>> {
  if (!alone) return new Set()
  const { stdout } = await run('nft', ['list', 'ruleset'])
  return new Set(
    stdout
      .split('\n')
      .filter((line) => /dnat|10\.88\.0\.\d*[1-9]\b/.test(line) && !line.includes('10.88.0.0/16'))
      .map((line) => line.trim()),
  )
}

/** Run state that must go with its container. Locks, the database and what a pause process left stay. */
function runFiles(folders: string[]): Set<string> {
  const staying =
    /\/(locks|exits|persist)(\/[^/]*)?$|\/pause(\.lock)?$|\.lock$|\/history(\/|$)|\/usage(\/|$)|-(wal|shm)$|\/(containers|runtime|netns|exec|mounts|agents)$|\/tasks(\/[0-9a-f]{12}\.json)?$|\/networks(\/|$)|\/containers-conf\.json$|\/criu(\/criu\.conf)?$|\/runtime\/\.cache(\/|$)/
  const found = new Set<string>()
  const visit = (path: string) => {
    for (const entry of names(path)) {
      const child = join(path, entry)
      if (!staying.test(child)) found.add(child)
      visit(child)
    }
  }
  for (const folder of folders) visit(folder)
  return found
}

function names(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isFile() || entry.isSocket() || entry.isFIFO())
      .map((entry) => entry.name)
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** What `after` has and `before` had not, as lines. */
export function leaks(before: Picture, after: Picture): string[] {
  return Object.entries(after).flatMap(([kind, present]) =>
    [...present].filter((name) => !before[kind]?.has(name)).map((name) => `${kind}: ${name}`),
  )
}
