import { allContainers, type ContainerConfig } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import type { ImageFacts } from '../resolve/image.ts'
import { allocateIds, type AutomaticIds } from './allocate.ts'
import { idsOfImage } from './image-size.ts'
import { countIds, ownIds, subordinateIds } from '../../../lib/process/own-ids.ts'

/** Whose ranges root gives to containers (containers-storage.conf(5), root-auto-userns-user). */
const rootsAccount = 'containers'

/**
 * Runs `record`, which records a container, once its configuration has ids that no other container has. They are free again when it is
 * removed.
 *
 * @throws EngineError `SubidMissing`, `InvalidArgument`.
 */
export async function withNewIds<T>(
  context: Context,
  config: ContainerConfig,
  { size, fixed, image }: Partial<AutomaticIds> & Pick<AutomaticIds, 'fixed'> & { image: ImageFacts },
  record: () => Promise<T>,
): Promise<T> {
  const wanted = size ?? idsOfImage(await context.layers(), image.parent)
  return context.lock('global', 'user-namespaces', () => {
    const taken = allContainers(context.database).flatMap((each) => each.config.idMappings ?? [])
    config.idMappings = allocateIds({ size: wanted, fixed }, available(context), taken)
    return record()
  })
}

/** Root's are those of an account of their own; an ordinary user's are the subordinate ones, all but the user's own. */
function available({ identity }: Context) {
  if (!identity.rootless) {
    const { uids, gids } = subordinateIds({ uid: rootsAccount, gid: rootsAccount })
    const run = ({ host_id: first, size }: { host_id: number; size: number }) => ({ first, size })
    return { uids: uids.map(run), gids: gids.map(run) }
  }
  const own = ownIds()
  const others = (kind: 'uids' | 'gids') => [{ first: 1, size: countIds(own[kind]) - 1 }]
  return { uids: others('uids'), gids: others('gids') }
}
