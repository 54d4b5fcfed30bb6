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

/** Whether a container's root has rights over what belongs to the engine's user: both ids are known inside. */
export function reachesEngine({ idMappings: ids }: Pick<ContainerConfig, 'idMappings'>): boolean {
  return !ids || (containerId(ids.uids, 0) !== undefined && containerId(ids.gids, 0) !== undefined)
}
