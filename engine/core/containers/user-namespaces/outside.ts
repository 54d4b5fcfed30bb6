import { containerId, hostId } from '../../../spec/id-map.ts'
import type { ContainerConfig } from '../../../store/index.ts'

/** Ids as files have them. */
export interface Owner {
  uid: number
  gid: number
}

/** Whom the engine sees as the owner of what belongs to these ids of a container. */
export function ownerOutside({ idMappings: ids }: Pick<ContainerConfig, 'idMappings'>, { uid, gid }: Owner): Owner {
  if (!ids) return { uid, gid }
  return { uid: hostId(ids.uids, uid) ?? uid, gid: hostId(ids.gids, gid) ?? gid }
}

/** As which the kernel shows owners without an id (proc_sys_kernel(5), overflowuid). */
const nobody = 65_534

/** What an owner that the engine sees is inside of a container; nobody where that has no such id. */
export function ownerInside({ idMappings: ids }: Pick<ContainerConfig, 'idMappings'>, { uid, gid }: Owner): Owner {
  if (!ids) return { uid, gid }
  return { uid: containerId(ids.uids, uid) ?? nobody, gid: containerId(ids.gids, gid) ?? nobody }
}

/** Whether a container's root has rights over what belongs to the engine's user: both ids are known inside. */
export function reachesEngine({ idMappings: ids }: Pick<ContainerConfig, 'idMappings'>): boolean {
  return !ids || (containerId(ids.uids, 0) !== undefined && containerId(ids.gids, 0) !== undefined)
}
