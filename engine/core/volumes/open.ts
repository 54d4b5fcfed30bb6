import { createHash } from 'node:crypto'

import { openVolumeStore, type VolumeStore } from '../../storage/volumes/index.ts'
import type { Context } from '../context.ts'

/** Characters of a volume's name, up to which it names its lock's file: 255 with what stands before it. */
const longestName = 240

/** Opens the volumes of a store, under locks that all its processes share. */
export function openVolumes(context: Context): VolumeStore {
  return openVolumeStore({
    root: context.root,
    lock: (name, work, options) => context.lock('volume', lockName(name), work, options),
  })
}

function lockName(name: string): string {
  return name.length <= longestName ? name : createHash('sha256').update(name).digest('hex')
}
