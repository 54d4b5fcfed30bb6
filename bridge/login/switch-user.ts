import { ProblemError } from '../protocol/index.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { type Account, groupsOf } from './account.ts'
import { closeOnExec } from './descriptors.ts'
import { lastError, libc } from './libc.ts'

/** The user that a process becomes, and the environment of the program it runs. */
export interface Handover {
  uid: number
  gid: number
  /** All groups, the own one among them. */
  groups: number[]
  /** The complete environment of the program. */
  environment: Record<string, string>
  /** Sets no_new_privs and drops the bounding set: for service accounts. */
  noNewPrivileges?: boolean
}

/** The variable that hands it over. Only root and the process itself can read it; the account's environment is within. */
const variable = 'LOGIN_HANDOVER'

/** `{environment, argv}` that runs `argv` as the account, by way of `program`, which calls {@link switchUser}. Run it as root. */
export function asAccount(
  program: readonly string[],
  account: Account,
  argv: readonly string[],
  what: Pick<Handover, 'environment' | 'noNewPrivileges'>,
): { argv: string[]; environment: Record<string, string> } {
  const handover: Handover = { uid: account.uid, gid: account.gid, groups: groupsOf(account), ...what }
  return {
    argv: [...program, ...argv],
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', [variable]: JSON.stringify(handover) },
  }
}

/**
 * Switches to the user in the handover permanently, and runs the program. Ids are numbers and never names. What the
 * kernel reports for every thread is verified before anything of the user is read or run. Does not return.
 * @throws ProblemError `access-denied` where this process is not exactly who it should be
 */
export function switchUser(argv: readonly string[]): never {
  const handover = readHandover()
  const { uid, gid, groups, environment } = handover
  const list = Buffer.alloc(groups.length * 4)
  groups.forEach((group, at) => list.writeUInt32LE(group, at * 4))
  assertSuccess(libc('setgroups', 'int', 'size_t', 'void *')(groups.length, list), 'setgroups')
  assertSuccess(libc('setresgid', 'int', 'uint32_t', 'uint32_t', 'uint32_t')(gid, gid, gid), 'setresgid')
  if (handover.noNewPrivileges === true) dropBounding()
  clearInheritable()
  assertSuccess(libc('setresuid', 'int', 'uint32_t', 'uint32_t', 'uint32_t')(uid, uid, uid), 'setresuid')
  if (handover.noNewPrivileges === true) assertSuccess(prctl(prctls.noNewPrivileges, 1), 'prctl')
  verifyIdentity(handover)
  closeOnExec()
  const [program = ''] = argv
  process.execve?.(program, [...argv], environment)
  throw new ProblemError('internal-error', `The program ${program} could not be run.`)
}

/** Verifies what the kernel reports for every thread of this process. @throws ProblemError `access-denied` */
export function verifyIdentity({ uid, gid, groups }: Pick<Handover, 'uid' | 'gid' | 'groups'>): void {
  for (const thread of readdirSync('/proc/self/task')) {
    // Inheritable capabilities are per thread; the main thread runs the program.
    const sets = thread === String(process.pid) ? ['CapInh', ...heldSets] : heldSets
    const invalid = difference(readFileSync(`/proc/self/task/${thread}/status`, 'latin1'), { uid, gid, groups }, sets)
    if (invalid !== undefined)
      throw new ProblemError('access-denied', `The login was ended: the process is not the user's, ${invalid}.`)
  }
}

const heldSets = ['CapPrm', 'CapEff', 'CapAmb']

/**
 * What of proc_pid_status(5) differs: real, effective, saved and file system ids, groups; and, unless it is root's, the
 * capability `sets` that are not empty.
 */
export function difference(
  status: string,
  { uid, gid, groups }: Pick<Handover, 'uid' | 'gid' | 'groups'>,
  sets: readonly string[],
): string | undefined {
  const words = (key: string): string[] => new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim().split(/\s+/) ?? []
  const numbers = (key: string): string => words(key).join(' ')
  const four = (id: number): string => Array.from({ length: 4 }, () => id).join(' ')
  if (numbers('Uid') !== four(uid)) return `its uids are ${numbers('Uid')} and not ${uid}`
  if (numbers('Gid') !== four(gid)) return `its gids are ${numbers('Gid')} and not ${gid}`
  const has = new Set(words('Groups').filter((word) => word !== ''))
  const wanted = new Set(groups.map(String))
  if (has.size !== wanted.size || [...wanted].some((group) => !has.has(group))) return `its groups are ${numbers('Groups')}`
  if (uid === 0) return undefined
  const capable = sets.find((key) => !/^0+$/.test(numbers(key)))
  return capable === undefined ? undefined : `it has capabilities (${capable})`
}

/** `(uid_t) -1` and above are no ids: setresuid(2) would leave root as it is. */
const isId = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 0xffff_ffff

function readHandover(): Handover {
  const handover = JSON.parse(process.env[variable] ?? '{}') as Partial<Handover>
  delete process.env[variable]
  const { uid, gid, groups, environment } = handover
  if (!isId(uid) || !isId(gid) || !Array.isArray(groups) || !groups.every(isId) || typeof environment !== 'object')
    throw new ProblemError('protocol-error', 'The process was given no user to switch to.')
  return { ...handover, uid, gid, groups, environment }
}

/** Options of prctl(2). */
const prctls = { dropBounding: 24, noNewPrivileges: 38 } as const

function prctl(option: number, value: number): number {
  return libc('prctl', 'int', 'int', 'ulong', 'ulong', 'ulong', 'ulong')(option, value, 0, 0, 0)
}

/** Empties the capability bounding set; numbers that the kernel does not know end it. */
function dropBounding(): void {
  for (let capability = 0; capability < 64 && prctl(prctls.dropBounding, capability) === 0;) capability++
}

/** `_LINUX_CAPABILITY_VERSION_3` of linux/capability.h: a header {version, pid}, then two of {effective, permitted, inheritable}. */
function clearInheritable(): void {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(0x2008_0522)
  const sets = Buffer.alloc(24)
  assertSuccess(libc('capget', 'int', 'void *', 'void *')(header, sets), 'capget')
  for (const at of [8, 20]) sets.writeUInt32LE(0, at)
  assertSuccess(libc('capset', 'int', 'void *', 'void *')(header, sets), 'capset')
}

function assertSuccess(result: number, call: string): void {
  if (result !== 0) throw new ProblemError('access-denied', `The login was ended: ${call} failed with ${lastError()}.`)
}
