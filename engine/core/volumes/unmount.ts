import type { Verb } from '../verb.ts'
import { findVolume } from './find.ts'
import { isMountable } from './mountable.ts'
import { mountCount, ownMounts, setOwnMounts, unmountLocked } from './mounting.ts'

/** Undoes one mount of a volume. It stays mounted as long as others or containers use it. */
export const unmount: Verb<'volume.unmount'> = async (context, { name: ref }) => {
  const { name, config } = findVolume(context, ref)
  if (!isMountable(config)) return
  const store = await context.volumes()
  await store.withExclusiveLock(name, async () => {
    setOwnMounts(context, name, ownMounts(context, name) - 1)
    if (mountCount(context, name) === 0) unmountLocked(context, name)
  })
}
