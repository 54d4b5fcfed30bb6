import type { Input } from '../../../engine/contract/index.ts'
import { badValue } from '../../../engine/spec/bad-value.ts'
import { parsePlatform } from '../../../engine/spec/platform.ts'
import { argumentField, type Field, textField } from '../../engine/fields/field.ts'
import { type Access, accessFlags, accessInput } from '../registries/registry-access.ts'

/** A pull as somebody is describing it. */
export interface PullDraft {
  reference: string
  /** Empty: this host's. */
  platform: string
  access: Access
}

type PullField = Field<PullDraft, Input<'image.pull'>>

/** As other tools' documents write it. */
export const referenceOf = (text: string): string => text.trim().replace(/^docker:\/\//, '')

function readPlatform(text: string): Partial<Input<'image.pull'>> {
  const { os, arch, variant } = parsePlatform(text)
  return { OS: os, Arch: arch, ...(variant === undefined ? {} : { Variant: variant }) }
}

function requireReference(draft: PullDraft): void {
  const reference = referenceOf(draft.reference)
  if (reference === '') throw badValue('Enter an image name.')
  if (reference.includes('//')) throw badValue('Only images in registries can be pulled.')
  if (/\s/.test(reference)) throw badValue('An image name cannot contain spaces.')
  if (reference.startsWith('-')) throw badValue('An image name cannot start with a dash.')
}

/** A password is in the request alone: the command line asks for it. */
const accessField: PullField = {
  name: 'access',
  flags: ['--tls-verify', '--creds'],
  words: ({ access }) => accessFlags(access),
  request: ({ access }) => accessInput(access),
  check: () => undefined,
}

/** Every field of a pull. */
export const pullFields: readonly PullField[] = [
  textField('platform', '--platform', { text: ({ platform }) => platform, read: readPlatform }),
  accessField,
  argumentField('reference', {
    words: ({ reference }) => [referenceOf(reference) || 'IMAGE'],
    request: ({ reference }) => ({ reference: referenceOf(reference) }),
    require: requireReference,
  }),
]
