import { EngineError } from '../../errors/index.ts'
import { containerById, type ContainerRecord, containerNotFound, findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { mountCount, setMountCount } from './mounts/mount-count.ts'
import { containerEvent } from './records/event.ts'
import { currentContainers } from './records/live.ts'
import { isLive } from './lifecycle/transitions.ts'

/**
 * Mounts a container's file system, as the container sees it but for volumes and other mounts. Mounts are counted: it stays until it was
 * unmounted as often and the container does not run, or until it is removed or the host restarts.
 */
export const mount: Verb<'container.mount'> = async (context, { name }, { signal }) => {
  const { id } = findContainer(context.database, name)
  return context.lock(
    'container',
    id,
    async () => {
      const record = containerById(context.database, id)
      if (!record) throw containerNotFound(name)
      if (record.config.rootfs !== '') return record.config.rootfs
      const layers = await context.layers()
      const count = layers.isMounted(id) ? mountCount(context, id) : 0
      const path = layers.mountSnapshot(id)
      setMountCount(context, id, count + 1)
      containerEvent(context, record, 'mount')
      return path
    },
    signal ? { signal } : {},
  )
}

/** Containers whose file systems are mounted, those that run among them. */
export const mounts: Verb<'container.mounts'> = async (context) => {
  const records = await currentContainers(context)
  const layers = await context.layers()
  return Object.fromEntries(
    records
      .filter((record) => isShown(context, record) && layers.isMounted(record.id))
      .map(({ id }) => [id, layers.snapshotPaths(id).merged]),
  )
}

function isShown(context: Context, record: ContainerRecord): boolean {
  return record.config.rootfs === '' && (isLive(record) || mountCount(context, record.id) > 0)
}

/** A container whose file system was not mounted with `mount`. */
export function notMounted({ id, name }: ContainerRecord): EngineError {
  return new EngineError('ContainerNotMounted', `The file system of container ${name} is not mounted.`, {
    details: { container: id },
  })
}
