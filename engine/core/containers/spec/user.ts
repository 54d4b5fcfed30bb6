import { EngineError } from '../../../errors/index.ts'
import { readInside } from './read-inside.ts'

/** A user as the container's own files know it. */
export interface ContainerUser {
  uid: number
  gid: number
  /** Beside `gid`, which is among them where a user was asked for: a file can be closed to a group by its mode. */
  groups: number[]
  home: string
}

const largestId = 2_147_483_647

/**
 * Looks up `user` (`name`, `uid`, `name:group`, `uid:gid`) in the /etc/passwd and /etc/group of the file system at `root`.
 * Links inside it cannot lead out of it. An id need not be listed there, a name must.
 *
 * @param extraGroups names or ids of further groups.
 * @param options.nodev whether devices of the file system are closed, as on mounts of the store.
 * @param options.files the texts of both files, where they were read already.
 * @param options.home the home of an id that is not listed, `/` unless told; root's is /root.
 * @throws EngineError `CommandNotExecutable`, with podman's message (its exit code 126); `RootfsInvalid` for a file that is none.
 */
export function lookUpUser(
  root: string,
  user: string,
  extraGroups: readonly string[] = [],
  options: { nodev?: boolean; home?: string; files?: { passwd: string; group: string } } = {},
): ContainerUser {
  // The commonest case needs its home folder only.
  const [given = '', group] = user.split(':', 2)
  const name = given === '' ? '0' : given
  // Ids alone need no file; the runtime opens both all the same, which leads nowhere where devices are closed.
  const byNumber = idOf(name) !== undefined && idOf(group) !== undefined && extraGroups.every((each) => idOf(each) !== undefined)
  const read = (file: string) => parseColons(readInside(root, file, { device: byNumber && options.nodev ? 'empty' : 'refuse' }))
  const { files } = options
  const passwd = files ? parseColons(files.passwd) : read('etc/passwd')
  const entry = passwd.find(([login, , uid]) => login === name || (/^\d+$/.test(name) && uid === name))
  const uid = entry ? idOf(entry[2]) : idOf(name)
  if (uid === undefined) throw unknown('user', name, 'passwd')
  const groups = files ? parseColons(files.group) : read('etc/group')
  const gid = group === undefined || group === '' ? (idOf(entry?.[3]) ?? 0) : groupId(groups, group)
  const member =
    group === undefined && entry
      ? groups.filter(([, , , members]) => members?.split(',').includes(entry[0] as string)).map(([, , id]) => idOf(id))
      : []
  const extra = extraGroups.map((each) => groupId(groups, each))
  const additional = new Set([...member, ...extra].filter((id): id is number => id !== undefined && id !== gid))
  if (user !== '') additional.add(gid)
  return { uid, gid, groups: [...additional], home: entry?.[5] || (uid === 0 ? '/root' : options.home || '/') }
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
  if (/^-?\d+$/.test(name))
    return new EngineError('CommandNotExecutable', `uids and gids must be in range 0-${largestId}`, { details: { [what]: name } })
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
