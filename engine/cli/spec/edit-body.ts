import type { ContainerSpec } from '../../contract/index.ts'
import { containerFields } from '../../contract/spec-fields/index.ts'
import { UsageError } from '../parse/usage-error.ts'
import { buildSpec } from './build-spec.ts'
import { createFlags, type CreateValues } from './flags.ts'

/** Flags of `create` that say how a container is made, and not what it is. */
const ofMaking = [
  'attach',
  'authfile',
  'cert-dir',
  'cidfile',
  'creds',
  'decryption-key',
  'disable-content-trust',
  'pod',
  'pod-id-file',
  'pull',
  'quiet',
  'replace',
  'retry',
  'retry-delay',
  'rootfs',
  'tls-verify',
] as const

type OfMaking = (typeof ofMaking)[number]

/** The options of `run` that `edit` takes. */
export const editableFlags = Object.fromEntries(
  Object.entries(createFlags).filter(([name]) => !(ofMaking as readonly string[]).includes(name)),
) as Omit<typeof createFlags, OfMaking>

type EditValues = Omit<CreateValues, OfMaking>

export interface EditRequest {
  body: ContainerSpec
  /** Names of fields that get their default again. */
  reset: string[]
}

/**
 * What an edit replaces: the fields of the flags that were given, whatever they say. One that says nothing else than the default
 * (`--tty=false`) resets its field.
 *
 * @param reset flags whose fields get their default again.
 * @throws UsageError, EngineError `InvalidArgument`
 */
export async function editRequest(
  image: string | undefined,
  words: readonly string[],
  flags: EditValues,
  given: ReadonlySet<string>,
  reset: readonly string[],
): Promise<EditRequest> {
  const others = Object.fromEntries(ofMaking.map((name) => [name, createFlags[name].initial]))
  const built = await buildSpec(image ?? '', words, { ...others, ...flags } as CreateValues, [])
  const wanted = new Set([...given].filter((name) => name in editableFlags).flatMap(topFields))
  if (words.length > 0) wanted.add('command')
  if (image !== undefined) wanted.add('image')
  const names = [...wanted]
  return {
    body: Object.fromEntries(names.flatMap((name) => (built[name] === undefined ? [] : [[name, built[name]]]))) as ContainerSpec,
    reset: [...names.filter((name) => built[name] === undefined && !hasSibling(name, built)), ...reset.flatMap(resetFields)],
  }
}

/** Fields of one flag replace each other: a volume is no mount. */
function hasSibling(name: string, built: ContainerSpec): boolean {
  const flags = flagsOf(name)
  return Object.keys(built).some((other) => other !== name && flagsOf(other).some((flag) => flags.includes(flag)))
}

const flagsOf = (field: string): string[] => (containerFields[field]?.flags ?? '').split(' ').filter(Boolean)

const fieldsOf = (flag: string): string[] => Object.keys(containerFields).filter((field) => flagsOf(field).includes(flag))

const topFields = (flag: string): string[] => fieldsOf(flag).map((field) => field.split('.')[0] as string)

function resetFields(text: string): string[] {
  const flag = text.replace(/^--/, '')
  if (flag === 'command') return ['command']
  const fields = flag in editableFlags ? fieldsOf(flag) : []
  if (fields.length === 0)
    throw new UsageError(`--reset takes the name of an option of container edit, and ${JSON.stringify(text)} is none`)
  return fields.map((field) => field.split('.*')[0] as string)
}
