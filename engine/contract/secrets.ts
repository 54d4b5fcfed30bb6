import * as v from 'valibot'

import { Filters, Name, Nothing, Off, TextMap, Time } from './fields.ts'
import { operation } from './operation.ts'

/** Labels or options in JSON, as query strings carry them. */
const TextMapField = v.optional(
  v.pipe(
    v.union([TextMap, v.pipe(v.string(), v.maxLength(65_536), v.parseJson(), v.nullable(TextMap))]),
    v.check((value) => !Array.isArray(value), 'is not a JSON object'),
    v.transform((value) => value ?? {}),
  ),
)

/** What is known of a secret. Its value is there only where it was asked for. */
export const Secret = v.object({
  ID: v.string(),
  CreatedAt: Time,
  UpdatedAt: Time,
  Spec: v.object({
    Name: v.string(),
    /** Who keeps the value: `file`, `pass` or `shell`. */
    Driver: v.object({ Name: v.string(), Options: TextMap }),
    Labels: TextMap,
  }),
  /** As text. */
  SecretData: v.optional(v.string()),
})
export type Secret = v.InferOutput<typeof Secret>

const SecretRef = v.object({ name: Name })

export const secretOperations = {
  'secret.create': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/secrets/create',
    summary: 'Create a secret; the body is its value',
    audit: { object: ['name'], made: 'ID' },
    input: v.object({
      name: v.optional(v.string(), ''),
      driver: v.optional(v.string(), ''),
      driveropts: TextMapField,
      labels: TextMapField,
      /** One of that name that is there is replaced. */
      replace: Off,
      /** One of that name that is there stays as it is, and its id is the answer. */
      ignore: Off,
    }),
    body: 'bytes',
    output: () => v.object({ ID: v.string() }),
    errors: ['InvalidArgument', 'SecretExists', 'SecretDriverFailed', 'DiskFull'],
    statuses: { codes: { InvalidArgument: 500, SecretExists: 500 } },
  }),
  'secret.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/secrets/json',
    summary: 'List secrets, without their values',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.array(Secret),
    errors: ['InvalidArgument'],
    statuses: { fields: { '*': 500 }, codes: { InvalidArgument: 500 } },
  }),
  'secret.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/secrets/{name}/json',
    summary: 'Show what is known of a secret',
    input: v.object({ name: Name, showsecret: Off }),
    output: () => Secret,
    errors: ['SecretNotFound', 'SecretDriverFailed'],
  }),
  'secret.exists': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/secrets/{name}/exists',
    summary: 'Check whether a secret exists',
    input: SecretRef,
    output: () => Nothing,
    errors: ['SecretNotFound'],
  }),
  'secret.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/secrets/{name}',
    summary: 'Remove a secret; containers keep the files that they have of it',
    input: SecretRef,
    output: () => Nothing,
    errors: ['SecretNotFound', 'SecretDriverFailed'],
  }),
}
