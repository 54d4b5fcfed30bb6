import { containerById, containerNotFound, findContainer } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { holdsRun } from './lifecycle/transitions.ts'
import { notMounted } from './mount.ts'
import { mountCount, setMountCount } from './mounts/mount-count.ts'
import { containerEvent } from './records/event.ts'
import { snapshotOf } from './records/snapshot.ts'

/** Decrements the mount count. At zero, or with `force`, the file system is unmounted, unless the container runs. */
export const unmount: Verb<'container.unmount'> = async (context, { name, force }, { signal }) => {
  const { id } = findContainer(context.database, name)
  await context.lock(
    'container',
    id,
    async () => {
      const record = containerById(context.database, id)
      if (!record) throw containerNotFound(name)
      const layers = await context.layers()
      const count = record.config.rootfs === '' && layers.isMounted(snapshotOf(record)) ? mountCount(context, id) : 0
      if (count === 0) throw notMounted(record)
      const left = force ? 0 : count - 1
      if (left === 0 && !holdsRun(record)) await layers.unmountSnapshot(snapshotOf(record))
      setMountCount(context, id, left)
      containerEvent(context, record, 'unmount')
    },
    signal ? { signal } : {},
  )
}
