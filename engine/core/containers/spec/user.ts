import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { openInRoot } from '../../../lib/sys.ts'

/** A user as the container's own files know it. */
export interface ContainerUser {
  uid: number
  gid: number
  groups: number[]
  home: string
}

const largestFile = 1024 * 1024
const largestId = 4_294_967_294

/**
 * Looks up `user` (`name`, `uid`, `name:group`, `uid:gid`) in the /etc/passwd and /etc/group of the file system at `root`.
 * Links inside it cannot lead out of it. An id need not be listed there, a name must.
 *
 * @param extraGroups names or ids of further groups.
 * @throws EngineError `CommandNotExecutable`, in podman's words (its exit code 126).
 */
export function lookUpUser(root: string, user: string, extraGroups: readonly string[] = []): ContainerUser {
  // The commonest case needs its home folder only.
  const [name = '', group] = (user === '' ? '0' : user).split(':', 2)
  const passwd = parseColons(readInside(root, 'etc/passwd'))
  const entry = passwd.find(([login, , uid]) => login === name || (/^\d+$/.test(name) && uid === name))
  const uid = entry ? idOf(entry[2]) : idOf(name)
  if (uid === undefined) throw unknown('user', name, 'passwd')
  const groups = group !== undefined || extraGroups.length > 0 || entry ? parseColons(readInside(root, 'etc/group')) : []
  const gid = group === undefined || group === '' ? (idOf(entry?.[3]) ?? 0) : groupId(groups, group)
  const member =
    group === undefined && entry
      ? groups.filter(([, , , members]) => members?.split(',').includes(entry[0] as string)).map(([, , id]) => idOf(id))
      : []
  const extra = extraGroups.map((each) => groupId(groups, each))
  const additional = new Set([...member, ...extra].filter((id): id is number => id !== undefined && id !== gid))
  return { uid, gid, groups: [...additional], home: entry?.[5] || (uid === 0 ? '/root' : '/') }
}

function groupId(groups: string[][], name: string): number {
  const id = idOf(groups.find(([group]) => group === name)?.[2]) ?? idOf(name)
  if (id === undefined) throw unknown('group', name, 'group')
  return id
}

function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined
  const id = Number(text)
  return id <= largestId ? id : undefined
}

function unknown(what: string, name: string, file: string): EngineError {
  return new EngineError('CommandNotExecutable', `unable to find ${what} ${name}: no matching entries in ${file} file`, {
    details: { [what]: name },
  })
}

function parseColons(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.trimEnd().split(':'))
}

/** The text of a file below `root`, without leaving it; empty if there is none. */
export function readInside(root: string, file: string): string {
  const folder = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  let fd: number | undefined
  try {
    // Without O_NONBLOCK a fifo in the image would block this thread for ever.
    fd = openInRoot(folder, file, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!fstatSync(fd).isFile()) return ''
    const buffer = Buffer.alloc(Math.min(fstatSync(fd).size, largestFile))
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(fd, buffer, length, buffer.length - length, null)
    return buffer.toString('utf8', 0, length)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENXIO' || code === 'EXDEV') return ''
    throw error
  } finally {
    if (fd !== undefined) closeSync(fd)
    closeSync(folder)
  }
}
