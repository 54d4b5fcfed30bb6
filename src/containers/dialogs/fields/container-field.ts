import type { ContainerInspect, ContainerSpec, Output } from '../../../../engine/contract/index.ts'
import type { Field } from '../../../engine/fields/field.ts'
import type { Draft } from '../draft.ts'

/** Groups of fields beyond the common ones, in the order in which they are shown; the address names those that are open. */
export const fieldGroups = ['program', 'resources', 'network', 'security', 'health', 'labels'] as const
export type FieldGroup = (typeof fieldGroups)[number]

/** What a draft is filled from: a container in full, and its image as far as it is still there. */
export interface Seen {
  readonly inspect: ContainerInspect
  readonly image: Output<'image.inspect'> | undefined
  /** Whether the container itself is to be changed; otherwise another one becomes like it. */
  readonly sameContainer: boolean
  readonly rootless: boolean
}

/** A field of a container's description. */
export interface ContainerField extends Field<Draft, ContainerSpec> {
  /** Where it stands; common fields are in no group. */
  readonly group?: FieldGroup
  /** Fields of the request without which the engine cannot do it, by their paths. */
  readonly needs?: readonly string[]
  /** What an existing container has: its part of the draft. */
  readonly fill?: (seen: Seen) => Partial<Draft>
}

type Basics = Omit<ContainerField, keyof Field<Draft, ContainerSpec>>

/** A field with its place and its origin. */
export const containerField = (field: Field<Draft, ContainerSpec>, basics: Basics): ContainerField => ({ ...field, ...basics })
