import { chownSync, closeSync, constants, fstatSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { openInRoot, pathOnly } from '../../../lib/sys/index.ts'
import type { ContainerConfig } from '../../../store/index.ts'
import { readInside } from './read-inside.ts'
import type { ContainerUser } from './user.ts'

/** A line of passwd(5). */
export interface Account {
  name: string
  uid: string
  gid: string
  gecos: string
  home: string
  shell: string
}

/** What is added to a container's files of accounts. */
export interface AddedAccounts {
  passwd: string[]
  group: string[]
}

/** The files of accounts of a file system, empty where there are none. @throws EngineError `RootfsInvalid` */
export interface AccountFiles {
  passwd: string
  group: string
}

export function readAccounts(root: string): AccountFiles {
  const read = (file: string) => readInside(root, file, { device: 'empty' })
  return { passwd: read('etc/passwd'), group: read('etc/group') }
}

/** Accounts of the host that a container is to know (`--hostuser`). @throws EngineError `InvalidArgument`, with podman's message */
export function hostAccounts(
  { passwd }: Pick<AccountFiles, 'passwd'>,
  names: readonly string[],
  home: string,
  host = hostPasswd(),
): AddedAccounts {
  const found = names.map((name) => {
    const account = accounts(host).find((each) => each.name === name || each.uid === name)
    if (account) return account
    throw new EngineError('InvalidArgument', `user: unknown user ${name}: this host has no such account (--hostuser)`, {
      details: { user: name },
    })
  })
  const known = accounts(passwd)
  const missing = found.filter(({ name, uid }) => !known.some((each) => each.name === name || each.uid === uid))
  return { passwd: missing.map((account) => lineOf({ ...account, home })), group: [] }
}

function hostPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8')
  } catch {
    return ''
  }
}

/**
 * Lines for a container's user and group that its own files do not name, as podman makes them: programs ask for the name of who runs
 * them.
 *
 * @param caller the account of the engine's user, where it is the container's user too.
 */
export function userAccounts(
  { passwd, group }: AccountFiles,
  { user: asked, workdir, spec }: Pick<ContainerConfig, 'user' | 'workdir' | 'spec'>,
  user: Pick<ContainerUser, 'uid' | 'gid'>,
  caller?: Account,
): AddedAccounts {
  const added: AddedAccounts = { passwd: [], group: [] }
  const [uid, gid] = [String(user.uid), String(user.gid)]
  const known = accounts(passwd).find((each) => each.uid === uid)
  const home = workdir || '/'
  if (asked !== '' && !known) {
    const own: Account = caller
      ? { ...caller, uid, gid, home }
      : { name: uid, uid, gid, gecos: 'container user', home, shell: '/bin/sh' }
    added.passwd.push(spec.passwd_entry ? filled(spec.passwd_entry, variablesOf(own)) : lineOf(own))
  }
  const name = known?.name ?? caller?.name ?? uid
  // A user of whom nothing is known gets a group of the same number, as with podman.
  const number = known || caller || asked.includes(':') ? gid : uid
  if (asked !== '' && !idsOf(group).includes(number)) {
    const groupName = caller ? caller.name : number
    added.group.push(
      spec.group_entry
        ? filled(spec.group_entry, { GROUPNAME: groupName, GID: number, USERLIST: name })
        : `${groupName}:x:${number}:${name}`,
    )
  }
  return added
}

function variablesOf({ name, uid, gid, gecos, home }: Account): Record<string, string> {
  return { USERNAME: name, UID: uid, GID: gid, NAME: gecos, HOME: home }
}

/** `$NAME` and `${NAME}` of those that are known; one line. */
function filled(entry: string, values: Record<string, string>): string {
  const text = entry.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (place, braced?: string, plain?: string) => values[braced ?? plain ?? ''] ?? place,
  )
  return text.replaceAll(/[\r\n]+/g, ' ')
}

function lineOf({ name, uid, gid, gecos, home, shell }: Account): string {
  return [name, '*', uid, gid, gecos, home, shell].join(':')
}

/** The account of the host's that has this id. */
export function hostAccount(uid: number, host = hostPasswd()): Account | undefined {
  return accounts(host).find((each) => each.uid === String(uid))
}

function accounts(passwd: string): Account[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid, gecos = '', home = '/', shell = '/bin/sh'] = line.split(':')
    return name && uid !== undefined && gid !== undefined ? [{ name, uid, gid, gecos, home, shell: shell || '/bin/sh' }] : []
  })
}

function idsOf(group: string): string[] {
  return group.split('\n').map((line) => line.split(':')[2] ?? '')
}

/** A file's text with lines at its end. */
export function withLines(text: string, lines: readonly string[]): string {
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${lines.map((line) => `${line}\n`).join('')}`
}

/** Adds lines at the end of the files of accounts in a file system, where there are such files. */
export function appendAccounts(root: string, files: AccountFiles, added: AddedAccounts): void {
  for (const name of ['passwd', 'group'] as const)
    if (added[name].length > 0) appendInside(root, `etc/${name}`, withLines(files[name], added[name]).slice(files[name].length))
}

/** Copies with lines at their end, to be mounted over the files. @returns where they are; nothing without lines or such a file. */
export function copyAccounts(
  folder: string,
  files: AccountFiles,
  added: AddedAccounts,
  { uid, gid }: { uid: number; gid: number },
): { passwd?: string; group?: string } {
  const copies: { passwd?: string; group?: string } = {}
  for (const name of ['passwd', 'group'] as const) {
    if (added[name].length === 0 || files[name] === '') continue
    copies[name] = `${folder}/${name}`
    writeFileSync(copies[name], withLines(files[name], added[name]), { mode: 0o644 })
    chownSync(copies[name], uid, gid)
  }
  return copies
}

/** A link inside cannot lead out. */
function appendInside(root: string, file: string, text: string): void {
  const folder = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  let named: number | undefined
  let fd: number | undefined
  try {
    named = openInRoot(folder, file, pathOnly)
    // What is no file is not opened: a fifo would wait, and a device is the host's.
    if (!fstatSync(named).isFile()) return
    fd = openSync(`/proc/self/fd/${named}`, constants.O_WRONLY | constants.O_APPEND)
    writeSync(fd, text)
  } catch (error) {
    // Without such a file nobody looks for names in it.
    if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    for (const each of [fd, named, folder]) if (each !== undefined) closeSync(each)
  }
}
