import path from 'node:path'

import { mountPointsBelow } from '../../lib/host/mount-table.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import { type ContainerMount, volumeByName, type VolumeConfig } from '../../store/index.ts'
import type { Context } from '../context.ts'

/** Volumes whose files are elsewhere are mounted at their first use, and unmounted after the last: nothing is copied. */
export const isMountable = ({ driver, options }: VolumeConfig): boolean =>
  driver === 'image' || options['type'] !== undefined || options['device'] !== undefined

/** Whether the volume's file system is mounted. Nothing is mounted on a plain folder. */
export function isMounted({ root }: Pick<Context, 'root'>, name: string): boolean {
  const data = volumeData(root, name)
  return mountPointsBelow(path.dirname(data)).includes(data)
}

/** Those of the volumes that are to be mounted, and are not. */
export function notMounted(context: Context, names: readonly string[]): string[] {
  return names.filter((name) => {
    const found = volumeByName(context.database, name)
    return found !== undefined && isMountable(found.config) && !isMounted(context, name)
  })
}

/** The volumes of a container that are mounted at their first use. */
export function mountableOf(context: Pick<Context, 'database'>, mounts: readonly ContainerMount[]): string[] {
  const names = new Set(mounts.flatMap(({ volume }) => (volume === undefined ? [] : [volume])))
  return [...names].filter((name) => {
    const found = volumeByName(context.database, name)
    return found !== undefined && isMountable(found.config)
  })
}
