import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

import { mount, mountFlags, umountFlags, unmountIfMounted } from '../../../lib/sys/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
import { randomToken } from '../../../lib/random-id.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { ownerOutside, reachesEngine } from './outside.ts'

/**
 * Where the runtime finds a container's file system. It looks it up with the rights of the container's root, who has none over our
 * folders when none of our ids is theirs: then it is mounted once more, in a folder that the container's group alone may enter.
 */
export function reachableRootfs(context: Context, { id, config }: ContainerRecord, rootfs: string): string {
  if (reachesEngine(config)) return rootfs
  freeReachable(context, id)
  const folder = makeFolder(context, id)
  chownSync(folder, 0, ownerOutside(config, { uid: 0, gid: 0 }).gid)
  chmodSync(folder, 0o710)
  const place = path.join(folder, 'rootfs')
  mkdirSync(place, { mode: 0o711 })
  mount(rootfs, place, null, mountFlags.bind | mountFlags.recursive)
  mount('', place, null, mountFlags.recursive | mountFlags.private)
  return place
}

/** In the run state where that is open to all as far as that, and in /tmp for ordinary users, whose own folders are closed. */
function makeFolder(context: Context, id: string): string {
  const base = path.join(context.runRoot, 'rootfs')
  const inRunState = !context.identity.rootless && isOpen(path.dirname(context.runRoot))
  const folder = inRunState ? path.join(base, id) : `/tmp/berth-rootfs-${randomToken()}`
  // Before there is anything to remove.
  writeFileAtomicSync(noteOf(context, id), folder)
  if (inRunState) mkdirSync(base, { recursive: true, mode: 0o700 })
  mkdirSync(folder, { mode: 0o700 })
  if (inRunState) for (const each of [context.runRoot, base]) chmodSync(each, (statSync(each).mode & 0o7777) | 0o011)
  return folder
}

function isOpen(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === '/') return true
  }
}

const noteOf = (context: Pick<Context, 'root' | 'runRoot'>, id: string): string =>
  path.join(containerPaths(context, id).folder, 'rootfs-folder')

/** The folder of all, which others use too. */
function removeIfEmpty(folder: string): void {
  if (path.basename(folder) !== 'rootfs') return
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Undoes {@link reachableRootfs}. Idempotent; nothing is removed recursively. */
export function freeReachable(context: Context, id: string): void {
  let folder: string
  try {
    folder = readFileSync(noteOf(context, id), 'utf8')
  } catch {
    return
  }
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    const place = path.join(folder, 'rootfs')
    while (unmountIfMounted(place, umountFlags.detach | umountFlags.noFollow));
    if (lstatSync(place, { throwIfNoEntry: false })) rmdirSync(place)
    rmdirSync(folder)
    removeIfEmpty(path.dirname(folder))
  }
  rmSync(noteOf(context, id), { force: true })
}
