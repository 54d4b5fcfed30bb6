import type { PodSpec } from '../../../engine/contract/index.ts'
import { badValue } from '../../../engine/spec/bad-value.ts'
import { checkName } from '../../../engine/spec/name.ts'
import { argumentField, type Field } from '../../engine/fields/field.ts'
import { type Port, portsField } from '../../engine/fields/port-rows.ts'

/** A pod as somebody is describing it. */
export interface PodDraft {
  name: string
  ports: readonly Port[]
}

/** Every field of a pod's description. */
export const podFields: readonly Field<PodDraft, PodSpec>[] = [
  argumentField('name', {
    words: ({ name }) => [name || 'NAME'],
    request: ({ name }) => ({ name }),
    require: ({ name }) => {
      if (name === '') throw badValue('Enter a name.')
      checkName(name)
    },
  }),
  portsField('ports', ({ ports }) => ports),
]
