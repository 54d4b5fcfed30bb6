import { ProblemError } from '../protocol/index.ts'
import { constants } from 'node:os'
import { cString, errorName, libc } from './libc.ts'

/** An account of the system. */
export interface Account {
  name: string
  uid: number
  gid: number
  home: string
  /** The login shell as the account has it; `/bin/sh` where it has none (passwd(5)). */
  shell: string
}

/** `struct passwd` of pwd.h where pointers have 64 bits: its size, and where each member is. */
const passwd = { size: 48, name: 0, uid: 16, gid: 20, home: 32, shell: 40 } as const

/** Bytes of the longest entry that is read, and groups of one account. */
const maxEntry = 1024 * 1024
const maxGroups = 65_536

/** `(uid_t) -1`: setresuid(2) takes it as "unchanged", so it is not a valid id. */
const noId = 0xffff_ffff

/**
 * Looks up an account by name in the system's databases (files, LDAP …): getpwnam_r(3), which takes digits for
 * a name and never for a number.
 * @throws ProblemError `not-found`, also where the system answers with an account of another name; `internal-error`
 *   where it cannot answer.
 */
export function findAccount(name: string): Account {
  const unknown = (): ProblemError => new ProblemError('not-found', 'There is no such account.')
  if (name === '' || name.includes('\0')) throw unknown()
  const entry = Buffer.alloc(passwd.size)
  const found = Buffer.alloc(8)
  // The strings point into it: it must live while they are read.
  const texts = readEntry(name, entry, found)
  if (found.readBigUInt64LE(0) === 0n) throw unknown()
  const text = (at: number): string => cString(entry.subarray(at, at + 8))
  const account = {
    name: text(passwd.name),
    uid: entry.readUInt32LE(passwd.uid),
    gid: entry.readUInt32LE(passwd.gid),
    home: text(passwd.home) || '/',
    shell: text(passwd.shell) || '/bin/sh',
  }
  texts.fill(0)
  if (account.name !== name || account.uid === noId || account.gid === noId) throw unknown()
  return account
}

function readEntry(name: string, entry: Buffer, found: Buffer): Buffer {
  const call = libc('getpwnam_r', 'int', 'const char *', 'void *', 'void *', 'size_t', 'void *')
  const { ERANGE, EINTR, ENOENT, ESRCH } = constants.errno
  for (let size = 4096; ;) {
    const texts = Buffer.alloc(size)
    const code = call(name, entry, texts, texts.length, found)
    // Some name services return these instead of an empty result, see the man page.
    if (code === ENOENT || code === ESRCH) found.fill(0)
    if (code === 0 || code === ENOENT || code === ESRCH) return texts
    if (code === ERANGE && size < maxEntry) size *= 4
    else if (code !== EINTR)
      throw new ProblemError('internal-error', `The system's accounts cannot be read: ${errorName(code)} from getpwnam_r.`)
  }
}

/** The groups of an account, its own among them: getgrouplist(3). @throws ProblemError `internal-error` for too many. */
export function groupsOf({ name, gid }: Account): number[] {
  const call = libc('getgrouplist', 'int', 'const char *', 'uint32_t', 'void *', 'void *')
  for (let capacity = 256; capacity <= maxGroups; capacity *= 4) {
    const groups = Buffer.alloc(capacity * 4)
    const count = Buffer.alloc(4)
    count.writeInt32LE(capacity)
    if (call(name, gid, groups, count) < 0) continue
    const list = Array.from({ length: count.readInt32LE(0) }, (_, at) => groups.readUInt32LE(at * 4))
    return [...new Set([gid, ...list])]
  }
  throw new ProblemError('internal-error', `The account ${name} is in more than ${maxGroups} groups.`)
}
