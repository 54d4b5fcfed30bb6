import { badValue } from '../../../spec/bad-value.ts'
import { checkIdMap, hostId, type IdMapping, type IdMappings, type MountIds, parseMountIdMap } from '../../../spec/id-map.ts'
import type { ContainerMount } from '../../../store/index.ts'

/**
 * The ids of a mount with option `idmap`: the container's own, so that what is root's on the disk is root's inside, or those that the
 * option lists. Nothing without the option, and where both would be the same.
 *
 * @throws EngineError `InvalidArgument`.
 */
export function idmapOf(options: readonly string[], ids: IdMappings | undefined): Pick<ContainerMount, 'idmap'> {
  const option = options.find((each) => each === 'idmap' || each.startsWith('idmap='))
  if (option === undefined) return {}
  const text = option.slice('idmap='.length)
  if (text === '') return ids ? { idmap: ids } : {}
  const { uids, gids } = parseMountIdMap(text)
  const map = (given: MountIds, own: readonly IdMapping[] | undefined, kind: string) =>
    checkIdMap(
      given.map(({ first, second, size, relative }) => ({
        container_id: first,
        host_id: relative ? outside(own, second, option) : second,
        size,
      })),
      kind,
    )
  return { idmap: { uids: map(uids, ids?.uids, 'uid'), gids: map(gids, ids?.gids, 'gid') } }
}

/** An id of the container as the engine sees it. */
function outside(own: readonly IdMapping[] | undefined, id: number, option: string): number {
  const found = own ? hostId(own, id) : id
  if (found !== undefined) return found
  throw badValue('The id {id} of the mount option "{option}" is not one of the container.', { id, option })
}
