import * as v from 'valibot'

import { Name } from '../fields.ts'
import { registryErrors } from '../registry-access.ts'
import { dockerOperation } from './docker-operation.ts'
import { badName, Count, login, loginHeader, MaybeFilters, Text } from './parameters.ts'

const LoginBody = v.looseObject({
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  /** Docker's hub, where it is empty. */
  serveraddress: v.optional(v.string()),
})

export const dockerRegistryOperations = {
  'docker.registry.login': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/auth',
    summary: 'Check a login with a registry; the client keeps it itself',
    input: v.object({}),
    body: LoginBody,
    output: () => v.object({ Status: v.string(), IdentityToken: v.string() }),
    errors: registryErrors,
    statuses: { fields: { body: 500, username: 500, password: 500, serveraddress: 500 }, others: 500 },
  }),
  'docker.registry.search': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/images/search',
    summary: 'Search registries for images',
    input: v.object({ term: Text, limit: Count, filters: MaybeFilters, ...login }),
    headers: loginHeader,
    output: () =>
      v.array(
        v.object({
          name: v.string(),
          description: v.string(),
          star_count: v.number(),
          is_official: v.boolean(),
          is_automated: v.boolean(),
        }),
      ),
    errors: registryErrors,
    statuses: { fields: { filters: 500, credentials: 500 }, others: 500 },
  }),
  'docker.registry.distribution': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/distribution/{name:.*}/json',
    summary: 'The digest and the platforms of an image at its registry',
    input: v.object({ name: Name, ...login }),
    imageNames: ['name'],
    headers: loginHeader,
    output: () =>
      v.object({
        Descriptor: v.object({ mediaType: v.string(), digest: v.string(), size: v.number() }),
        Platforms: v.array(
          v.looseObject({ architecture: v.optional(v.string()), os: v.optional(v.string()), variant: v.optional(v.string()) }),
        ),
      }),
    errors: registryErrors,
    statuses: { codes: badName },
  }),
}
