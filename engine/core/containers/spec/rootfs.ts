import {
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { openInRoot } from '../../../lib/sys/index.ts'

/** The host path of a folder as the container sees it, links resolved without leaving `root`; `undefined` if there is no such folder. */
export function folderInside(root: string, place: string): string | undefined {
  const folder = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  let fd: number | undefined
  try {
    fd = openInRoot(folder, place.replace(/^\/+/, '') || '.', constants.O_RDONLY | constants.O_DIRECTORY)
    return fstatSync(fd).isDirectory() ? readlinkSync(`/proc/self/fd/${fd}`) : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
    closeSync(folder)
  }
}

/**
 * Makes sure that the working folder exists, as podman does for the image's: missing ones are made, with the user as owner.
 *
 * @param owner without one nothing is made.
 * @param covered places of mounts; paths below them are created when they are filled.
 * @throws EngineError `InvalidArgument` if a file is in the way, or it is not there and may not be made.
 */
export function ensureWorkdir(
  root: string,
  workdir: string,
  owner: { uid: number; gid: number } | undefined,
  covered: readonly string[],
  id: string,
): void {
  if (covered.some((place) => workdir === place || workdir.startsWith(`${place}/`)) || folderInside(root, workdir) !== undefined)
    return
  const missing = () =>
    new EngineError('InvalidArgument', `workdir ${JSON.stringify(workdir)} does not exist on container ${id}`, {
      details: { workdir },
    })
  if (owner === undefined) throw missing()
  const parts = workdir.split('/').filter(Boolean)
  for (let at = 1; at <= parts.length; at += 1) {
    const place = `/${parts.slice(0, at).join('/')}`
    if (folderInside(root, place) !== undefined) continue
    const parent = folderInside(root, path.posix.dirname(place))
    const target = parent === undefined ? undefined : path.join(parent, parts[at - 1] as string)
    if (target === undefined || lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw missing()
    mkdirSync(target, { mode: 0o755 })
    chownSync(target, owner.uid, owner.gid)
  }
}

/** Gives a root folder the `/etc/mtab` in which mount(8) and older programs look for mounts, unless it has something of that name. */
export function linkMtab(root: string, owner: { uid: number; gid: number }): void {
  const place = path.join(root, 'etc')
  if (lstatSync(place, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(place, { mode: 0o755 })
    chownSync(place, owner.uid, owner.gid)
  }
  const folder = folderInside(root, '/etc')
  if (folder === undefined || lstatSync(`${folder}/mtab`, { throwIfNoEntry: false }) !== undefined) return
  symlinkSync('/proc/mounts', `${folder}/mtab`)
  lchownSync(`${folder}/mtab`, owner.uid, owner.gid)
}
