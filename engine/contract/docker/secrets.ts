import * as v from 'valibot'

import { Name, Nothing, TextMap } from '../fields.ts'
import { dockerOperation } from './docker-operation.ts'
import { MaybeFilters } from './parameters.ts'

/** A secret without its value, as Docker shows one of a swarm. */
const DockerSecret = v.object({
  ID: v.string(),
  Version: v.object({ Index: v.number() }),
  CreatedAt: v.string(),
  UpdatedAt: v.string(),
  Spec: v.object({
    Name: v.string(),
    Labels: TextMap,
    Driver: v.object({ Name: v.string(), Options: TextMap }),
  }),
})

const ref = v.object({ name: Name })

export const dockerSecretOperations = {
  'docker.secret.list': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/secrets',
    summary: 'List secrets',
    input: v.object({ filters: MaybeFilters }),
    output: () => v.array(DockerSecret),
    errors: ['InvalidArgument'],
  }),
  'docker.secret.create': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/secrets/create',
    summary: 'Create a secret',
    input: v.object({}),
    body: v.looseObject({
      Name: v.optional(v.string(), ''),
      /** In base64. */
      Data: v.optional(v.string(), ''),
      Labels: v.optional(v.nullable(TextMap)),
      Driver: v.optional(v.nullable(v.looseObject({ Name: v.optional(v.string()), Options: v.optional(v.nullable(TextMap)) }))),
    }),
    output: () => v.object({ ID: v.string() }),
    errors: ['InvalidArgument', 'SecretExists', 'SecretDriverFailed'],
    statuses: { codes: { InvalidArgument: 500 } },
  }),
  'docker.secret.inspect': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/secrets/{name}',
    summary: 'Show what is known of a secret',
    input: ref,
    output: () => DockerSecret,
    errors: ['SecretNotFound'],
  }),
  'docker.secret.remove': dockerOperation({
    kind: 'call',
    method: 'DELETE',
    path: '/secrets/{name}',
    summary: 'Remove a secret',
    input: ref,
    output: () => Nothing,
    errors: ['SecretNotFound', 'SecretDriverFailed'],
  }),
}
