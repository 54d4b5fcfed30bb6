import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The engine's user. */
export interface Identity {
  /** Ids as this process sees them: 0 inside our user namespace. */
  uid: number
  gid: number
  /** The user's id on the host. */
  realUid: number
  realGid: number
  /** Whether the store is an ordinary user's. */
  rootless: boolean
  /** Whether this process is in a user namespace other than the host's first one. */
  inUserNamespace: boolean
  userName: string
  home: string
}

/** One line of /proc/PID/uid_map: `size` ids from `inside` on are `outside` on in the parent namespace. */
export interface IdRange {
  inside: number
  outside: number
  size: number
}

/** The id ranges of a map file's text (user_namespaces(7)). */
export function parseIdMap(text: string): IdRange[] {
  const ranges: IdRange[] = []
  for (const line of text.split('\n')) {
    const [inside, outside, size] = line.trim().split(/\s+/).map(Number)
    if (inside !== undefined && outside !== undefined && size !== undefined && size > 0) ranges.push({ inside, outside, size })
  }
  return ranges
}

/** What `id` is outside of a namespace with these ranges; `undefined` if it is not mapped. */
export function outsideId(ranges: readonly IdRange[], id: number): number | undefined {
  const range = ranges.find(({ inside, size }) => id >= inside && id < inside + size)
  return range && range.outside + (id - range.inside)
}

/** Whether the ranges are the first user namespace's: every id is itself. */
export function isInitialIdMap(ranges: readonly IdRange[]): boolean {
  const [first] = ranges
  return ranges.length === 1 && first?.inside === 0 && first.outside === 0 && first.size === 4294967295
}

/** Where {@link identity} reads from; tests put files of their own here. */
export interface IdentitySources {
  uid: number
  gid: number
  uidMap: string
  gidMap: string
  passwd: string
  environment: Record<string, string | undefined>
}

/**
 * Whose engine this process is: an ordinary user's, also when it runs as 0 in that user's namespace, or root's.
 * Decided by the kernel's id map, never by an environment variable.
 */
export function identity(sources: IdentitySources = ownSources()): Identity {
  const { uid, gid, environment } = sources
  const uidRanges = parseIdMap(sources.uidMap)
  const inUserNamespace = !isInitialIdMap(uidRanges)
  const realUid = outsideId(uidRanges, uid) ?? uid
  const realGid = outsideId(parseIdMap(sources.gidMap), gid) ?? gid
  const entry = passwdEntry(sources.passwd, realUid)
  return {
    uid,
    gid,
    realUid,
    realGid,
    inUserNamespace,
    rootless: realUid !== 0,
    userName: entry?.name ?? environment['USER'] ?? environment['LOGNAME'] ?? String(realUid),
    home: homeOf(environment['HOME'], entry?.home),
  }
}

function homeOf(fromEnvironment: string | undefined, fromPasswd: string | undefined): string {
  if (fromEnvironment && path.isAbsolute(fromEnvironment)) return fromEnvironment
  return fromPasswd ?? '/'
}

/** Users of a directory service are not in the file; the environment, which login set, names them. */
function passwdEntry(passwd: string, uid: number): { name: string; home: string } | undefined {
  for (const line of passwd.split('\n')) {
    const [name, , id, , , home] = line.split(':')
    if (name && home && id === String(uid)) return { name, home }
  }
  return undefined
}

let own: Omit<IdentitySources, 'environment'> | undefined

/** Read once: a process does not change its user. */
function ownSources(): IdentitySources {
  own ??= {
    uid: process.geteuid!(),
    gid: process.getegid!(),
    uidMap: readFileOr('/proc/self/uid_map', '0 0 4294967295'),
    gidMap: readFileOr('/proc/self/gid_map', '0 0 4294967295'),
    passwd: readFileOr('/etc/passwd', ''),
  }
  return { ...own, environment: process.env }
}

function readFileOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return otherwise
  }
}
