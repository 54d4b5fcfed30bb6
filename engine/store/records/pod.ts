import * as v from 'valibot'

import type { PodSpec, Resources } from '../../contract/index.ts'
import { asRequested, RestartPolicy, TextMap, Texts } from './common.ts'
import { recordFormat } from './format.ts'

/** What a pod is. Its state is that of its containers. */
export const PodConfig = v.object({
  spec: asRequested<PodSpec>(),
  hostname: v.string(),
  labels: TextMap,
  /** The infra container's id; empty without one. */
  infraId: v.string(),
  /** Namespaces that members take from the infra container. */
  shared: v.array(v.picklist(['net', 'ipc', 'uts', 'pid', 'cgroup'])),
  exitPolicy: v.picklist(['continue', 'stop']),
  restart: RestartPolicy,
  /** The cgroup that holds all members. */
  cgroupParent: v.string(),
  /** Limits of that cgroup, in the OCI runtime specification's form. */
  resources: v.optional(asRequested<Resources>()),
  createCommand: Texts,
})
export type PodConfig = v.InferOutput<typeof PodConfig>

export interface PodRecord {
  id: string
  name: string
  created: string
  config: PodConfig
}

export const podFormat = recordFormat<Pick<PodRecord, 'config'>>({
  noun: 'pod',
  table: 'pods',
  key: 'id',
  labels: 'id, name',
  columns: ['config'],
  schema: v.object({ config: PodConfig }),
  steps: [],
})
