import type { Volume } from '../../contract/index.ts'
import { byName } from '../../spec/pair.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import type { VolumeRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { isMountable } from './mountable.ts'
import { mountCount } from './mounting.ts'

/** A volume as libpod's API shows it. */
export function volumeAnswer(context: Context, { name, created, config }: VolumeRecord): Volume {
  const { driver, labels, options, anonymous, needsCopyUp, owner } = config
  return {
    Name: name,
    Driver: driver,
    Mountpoint: volumeData(context.root, name),
    CreatedAt: created,
    Labels: byName(labels),
    Scope: 'local',
    Options: byName(options),
    ...(owner?.uid ? { UID: owner.uid } : {}),
    ...(owner?.gid ? { GID: owner.gid } : {}),
    ...(anonymous ? { Anonymous: true } : {}),
    MountCount: isMountable(config) ? mountCount(context, name) : 0,
    ...(needsCopyUp ? { NeedsCopyUp: true, ...(owner ? {} : { NeedsChown: true }) } : {}),
    LockNumber: 0,
  }
}
