import { closeSync, constants, openSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { withUserNamespace } from '../../../lib/process/user-namespace.ts'
import { mountIdMapped, pathOnly } from '../../../lib/sys/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { idmapOf } from '../resolve/mount-ids.ts'
import { mountOwnOverlay } from './overlay.ts'
import { makeTarget } from './targets.ts'
import { removeTree } from '../../../lib/files/remove-tree.ts'

/**
 * Where the file system of a container with `--rootfs` is: the folder itself, or with O an overlay on it, whose changes end with the
 * run, or with idmap the folder with other owners. `freeMounts` undoes it.
 *
 * @throws EngineError `MountSourceNotFound`, `StoreUnavailable`, `NotSupported`.
 */
export async function mountOwnRootfs(context: Context, { id, config }: ContainerRecord): Promise<string> {
  const { rootfs, spec, idMappings } = config
  const { mounts, folder } = containerPaths(context, id)
  const mapping = spec.rootfs_mapping
  const { idmap } =
    mapping === undefined || mapping === null ? {} : idmapOf([mapping === '' ? 'idmap' : `idmap=${mapping}`], idMappings)
  let place = rootfs
  if (idmap) {
    place = path.join(mounts, 'rootfs-ids')
    makeTarget(place, true)
    try {
      withUserNamespace(idmap, (userNamespace) => mountIdMapped({ source: rootfs, target: place, userNamespace }))
    } catch (cause) {
      if (EngineError.is(cause)) throw cause
      const message = `${rootfs} cannot be shown with other owners: ${(cause as Error).message}; leave out idmap`
      throw new EngineError('NotSupported', message, { details: { rootfs }, cause })
    }
  }
  if (!spec.rootfs_overlay) return place
  const target = path.join(mounts, 'rootfs')
  const own = path.join(folder, 'rootfs-overlay')
  await removeTree(own)
  makeTarget(target, true)
  const lower = openSync(place, pathOnly | constants.O_DIRECTORY)
  try {
    const mount = { kind: 'bind' as const, source: rootfs, destination: '/', type: 'bind', options: [] }
    mountOwnOverlay({ lower, own, mount, target, userXattr: context.identity.inUserNamespace })
  } finally {
    closeSync(lower)
  }
  return target
}
