import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

import { mount, mountFlags, umountFlags, unmountIfMounted } from '../../../lib/sys/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
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
  const folder = makeFolder(context, id)
  chownSync(folder, 0, ownerOutside(config, { uid: 0, gid: 0 }).gid)
  chmodSync(folder, 0o710)
  const place = path.join(folder, 'rootfs')
  mkdirSync(place, { mode: 0o711 })
  mount(rootfs, place, null, mountFlags.bind | mountFlags.recursive)
  mount('', place, null, mountFlags.recursive | mountFlags.private)
  return place
}

/** A user's own folders are closed to others, up to the run state: theirs is in /tmp. */
function makeFolder(context: Context, id: string): string {
  const base = path.join(context.runRoot, 'rootfs')
  let folder = path.join(base, id)
  if (context.identity.rootless) folder = mkdtempSync('/tmp/berth-rootfs-')
  else {
    for (const each of [context.runRoot, base]) {
      mkdirSync(each, { recursive: true, mode: 0o711 })
      chmodSync(each, (statSync(each).mode & 0o7777) | 0o011)
    }
    mkdirSync(folder, { mode: 0o700 })
  }
  writeFileAtomicSync(noteOf(context, id), folder)
  return folder
}

const noteOf = (context: Pick<Context, 'root' | 'runRoot'>, id: string): string => path.join(containerPaths(context, id).run, 'rootfs-folder')

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
  }
  rmSync(noteOf(context, id), { force: true })
}
