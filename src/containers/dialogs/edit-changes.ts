import type { ContainerSpec } from '../../../engine/contract/index.ts'
import { containerFields, toSpec } from './container-fields.ts'
import type { Draft } from './draft.ts'

/** What is asked of the engine: fields that get a new value, and fields that get their default again. */
export interface Changes {
  readonly body: ContainerSpec
  readonly reset: readonly string[]
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** What differs between two descriptions. What is the same is not sent, so that nothing is lost that a description cannot say. */
export function changesOf(before: Draft, after: Draft): Changes {
  const old: Record<string, unknown> = toSpec(before)
  const next: Record<string, unknown> = toSpec(after)
  return {
    body: Object.fromEntries(Object.entries(next).filter(([name, value]) => !isSame(value, old[name]))),
    reset: Object.keys(old).filter((name) => next[name] === undefined),
  }
}

/** Whether there is nothing to change. */
export const isEmpty = ({ body, reset }: Changes): boolean => Object.keys(body).length === 0 && reset.length === 0

/** The flags of what differs; what is no longer said is reset by the field's name in a request. */
export function changedWords(before: Draft, after: Draft): string[] {
  const changed = containerFields.filter((field) => field.flags.length > 0 && !isSame(field.words(before), field.words(after)))
  const { reset } = changesOf(before, after)
  return [...changed.flatMap((field) => field.words(after)), ...reset.flatMap((name) => ['--reset', name])]
}
