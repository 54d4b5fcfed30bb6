import type { ContainerSpec } from '../../../engine/contract/index.ts'
import { parseCpus } from '../../../engine/spec/limit.ts'
import { checkFields, type FieldErrors, requestOf, wordsOf } from '../../engine/fields/field.ts'
import { problemIn } from '../../i18n/problem.ts'
import type { Draft } from './draft.ts'
import type { ContainerField, FieldGroup, Seen } from './fields/container-field.ts'
import { healthFields } from './fields/health.ts'
import { identityFields, imageField } from './fields/identity.ts'
import { badCpus, cpusText, limitFields } from './fields/limits.ts'
import { networkFields } from './fields/network.ts'
import { checkRetries, commandField, programFields } from './fields/program.ts'
import { secretFields } from './fields/secrets.ts'
import { securityFields } from './fields/security.ts'
import { storageFields } from './fields/storage.ts'
import { emptyDraft } from './draft.ts'

/**
 * Every field of a container's description. A new one is added to one of these lists and to {@link Draft}; test/page-fields.test.ts then
 * holds its request against its command line.
 */
export const containerFields: readonly ContainerField[] = [
  ...identityFields,
  ...programFields,
  ...limitFields,
  ...networkFields,
  ...storageFields,
  ...securityFields,
  ...secretFields,
  ...healthFields,
  imageField,
  commandField,
]

/** Looks for what the engine would refuse, before it is asked. */
export function checkDraft(draft: Draft, host: { cpus: number }): FieldErrors<Draft> {
  const errors = checkFields(containerFields, draft)
  return {
    ...errors,
    cpus: errors.cpus ?? problemIn(() => requireCpus(draft, host)),
    retries: problemIn(() => checkRetries(draft)),
  }
}

function requireCpus(draft: Draft, host: { cpus: number }): void {
  const text = cpusText(draft)
  if (text !== '' && parseCpus(text) > host.cpus) throw badCpus()
}

/** The engine's form of the description. */
export const toSpec = (draft: Draft): ContainerSpec => requestOf(containerFields, draft)

/** The same as the words of a command line. */
export const toCommand = (draft: Draft, program: string): string[] => [
  program,
  ...(draft.start ? ['run', '--detach'] : ['create']),
  ...wordsOf(containerFields, draft),
]

/** The description of a container that there is. */
export const draftOf = (seen: Seen): Draft =>
  containerFields.reduce<Draft>((draft, { fill }) => ({ ...draft, ...fill?.(seen) }), emptyDraft)

/** The fields of a group that are offered: those that the engine can do. */
export const fieldsIn = (group: FieldGroup, takes: (field: string) => boolean): readonly ContainerField[] =>
  containerFields.filter((field) => field.group === group && isOffered(field, takes))

const isOffered = ({ needs = [] }: ContainerField, takes: (field: string) => boolean): boolean => needs.every(takes)

/** How many fields of a group say something. */
export const saying = (group: FieldGroup, draft: Draft): number =>
  containerFields.filter((field) => field.group === group && field.words(draft).length > 0).length
