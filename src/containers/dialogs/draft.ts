import type { RestartPolicyName } from '../../../engine/spec/restart-policy.ts'
import type { Port } from '../../engine/fields/port-rows.ts'

export type Variable = Record<'name' | 'value', string>
export type Volume = Record<'source' | 'target' | 'mode', string>
export type MemoryUnit = 'MiB' | 'GiB'

/** A container as somebody is describing it: the text of each field. What becomes of each is in container-fields.ts. */
export interface Draft {
  image: string
  name: string
  pod: string
  command: string
  entrypoint: string
  terminal: boolean
  variables: readonly Variable[]
  ports: readonly Port[]
  volumes: readonly Volume[]
  restart: RestartPolicyName
  memory: string
  memoryUnit: MemoryUnit
  cpus: string
  start: boolean
}

/** What a new description begins with. */
export const emptyDraft: Draft = {
  image: '',
  name: '',
  pod: '',
  command: '',
  entrypoint: '',
  terminal: false,
  variables: [],
  ports: [],
  volumes: [],
  restart: 'no',
  memory: '',
  memoryUnit: 'MiB',
  cpus: '',
  start: true,
}

export const emptyVariable: Variable = { name: '', value: '' }
export const emptyVolume: Volume = { source: '', target: '', mode: 'rw' }
