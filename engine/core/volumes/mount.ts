import { volumeData } from '../../storage/volumes/layout.ts'
import type { Verb } from '../verb.ts'
import { findVolume } from './find.ts'
import { isMountable } from './mountable.ts'
import { mountLocked, ownMounts, setOwnMounts } from './mounting.ts'

/** Mounts a volume on the host until it is unmounted as often. One that is a plain folder is there already. @returns where it is. */
export const mount: Verb<'volume.mount'> = async (context, { name: ref }, { signal }) => {
  const { name, config } = findVolume(context, ref)
  if (isMountable(config))
    await (
      await context.volumes()
    ).withExclusiveLock(name, async () => {
      await mountLocked(context, name, signal)
      setOwnMounts(context, name, ownMounts(context, name) + 1)
    })
  return volumeData(context.root, name)
}
