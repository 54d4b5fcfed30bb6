import * as v from 'valibot'

import { TextMap } from './common.ts'
import { recordFormat } from './format.ts'

export const VolumeConfig = v.object({
  driver: v.string(),
  labels: TextMap,
  options: TextMap,
  anonymous: v.boolean(),
  /** Whether the image's files still have to be copied into it at its first mount. */
  needsCopyUp: v.boolean(),
  /** Whose it is from the start; the first container's user's otherwise. */
  owner: v.optional(v.object({ uid: v.number(), gid: v.number() })),
  /** Of driver `image`: the image's id. */
  image: v.optional(v.string()),
  /**
   * It is removed with its last container, which is gone. The next process that sees this finishes the removal, unless something
   * uses it again.
   */
  removing: v.optional(v.boolean()),
})
export type VolumeConfig = v.InferOutput<typeof VolumeConfig>

export interface VolumeRecord {
  name: string
  created: string
  config: VolumeConfig
}

export const volumeFormat = recordFormat<Pick<VolumeRecord, 'config'>>({
  noun: 'volume',
  table: 'volumes',
  key: 'name',
  labels: 'name',
  columns: ['config'],
  schema: v.object({ config: VolumeConfig }),
  steps: [
    // 2: its files may be elsewhere: a version that does not mount them would write into the empty folder
    (record) => record,
  ],
})
