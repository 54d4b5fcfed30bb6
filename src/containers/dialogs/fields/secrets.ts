import type { ContainerSpec } from '../../../../engine/contract/index.ts'
import { badValue } from '../../../../engine/spec/bad-value.ts'
import { checkSecretName, parseSecret } from '../../../../engine/spec/secret.ts'
import { rowsField } from '../../../engine/fields/field.ts'
import type { Draft, SecretRow } from '../draft.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

function secretText({ name, type, target }: SecretRow): string {
  if (name === '' && target === '') return ''
  return [name, ...(type === 'env' ? ['type=env'] : []), ...(target === '' ? [] : [`target=${target}`])].join(',')
}

function readSecrets(texts: readonly string[]): ContainerSpec {
  const all = texts.map(parseSecret)
  const files = all.flatMap((each) => ('file' in each ? [{ ...each.file }] : []))
  const variables = all.flatMap((each) => ('file' in each ? [] : [[each.variable, each.secret] as const]))
  return {
    ...(files.length > 0 ? { secrets: files } : {}),
    ...(variables.length > 0 ? { secret_env: Object.fromEntries(variables) } : {}),
  }
}

function requireSecret({ name, target }: SecretRow): void {
  if (name === '') throw badValue('Enter the name of a secret.')
  checkSecretName(name)
  if (target.includes(',')) throw badValue('A target cannot contain a comma.')
}

/** What a container has. Owner and mode of a file are the command line's alone. */
function secretsOf({ inspect: { Config } }: Seen): SecretRow[] {
  const files = (Config['Secrets'] ?? []) as { Name: string; Target?: string }[]
  const variables = (Config['SecretEnv'] ?? {}) as Record<string, string>
  return [
    ...files.map(({ Name, Target = '' }) => ({ name: Name, type: 'mount', target: Target })),
    ...Object.entries(variables).map(([variable, name]) => ({ name, type: 'env', target: variable === name ? '' : variable })),
  ]
}

/** The secrets that a container gets. */
export const secretFields: readonly ContainerField[] = [
  containerField(
    rowsField<Draft, SecretRow, ContainerSpec>('secrets', '--secret', {
      rows: ({ secrets }) => secrets,
      text: secretText,
      read: readSecrets,
      require: requireSecret,
      sample: { name: 'a', type: 'mount', target: '' },
    }),
    { group: 'security', needs: ['secrets'], fill: (seen) => ({ secrets: secretsOf(seen) }) },
  ),
]
