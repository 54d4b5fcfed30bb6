import * as v from 'valibot'

import { Filters, Integer, Name, Nothing, Off } from './fields.ts'
import { operation } from './operation.ts'
import { registryAccess, registryErrors, registryLogins } from './registry-access.ts'

/** One find of a search. */
export const SearchResult = v.object({
  Index: v.string(),
  Name: v.string(),
  Description: v.string(),
  Stars: v.number(),
  /** `[OK]` or empty. */
  Official: v.string(),
  Automated: v.string(),
  Tag: v.string(),
})

export const registryOperations = {
  'registry.search': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/search',
    summary: 'Search registries for images, or list the tags of one',
    input: v.object({
      /** All images, where it is empty. */
      term: v.optional(v.pipe(v.string(), v.maxLength(1024)), ''),
      limit: v.optional(Integer),
      filters: v.optional(Filters, {}),
      listTags: Off,
      ...registryAccess,
    }),
    ...registryLogins,
    output: () => v.array(SearchResult),
    errors: registryErrors,
    statuses: { others: 500 },
  }),
  'registry.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/registries/json',
    summary:
      'Registries: those that are searched, those that are configured, and those there is a login for (without its secret)',
    extension: true,
    input: v.object({ authfile: v.optional(v.string()) }),
    loginFile: 'authfile',
    output: () =>
      v.array(
        v.object({
          Name: v.string(),
          /** Short names are looked for here. */
          Search: v.boolean(),
          Insecure: v.boolean(),
          Blocked: v.boolean(),
          Mirrors: v.array(v.string()),
          /** Who is logged in. */
          User: v.optional(v.string()),
          /** The file or credential helper that stores the login. */
          From: v.optional(v.string()),
          /** Whether `registry.logout` can remove it: it is stored where we write. */
          Removable: v.optional(v.boolean()),
        }),
      ),
    errors: [],
  }),
  'registry.login': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/registries/login',
    summary: 'Check a login with a registry and keep it; without credentials, check the one that is kept',
    audit: { object: ['registry'] },
    extension: true,
    input: v.object({ registry: Name, compatAuthFile: v.optional(v.string()), ...registryAccess }),
    ...registryLogins,
    output: () => v.object({ File: v.string() }),
    errors: [...registryErrors, 'LoginNotFound'],
  }),
  'registry.logout': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/registries/logout',
    summary: 'Forget a login, or all',
    audit: { object: ['registry'] },
    extension: true,
    input: v.object({
      registry: v.optional(v.string()),
      all: Off,
      authfile: v.optional(v.string()),
      compatAuthFile: v.optional(v.string()),
    }),
    loginFile: 'authfile',
    output: () => Nothing,
    errors: ['LoginNotFound', 'CredentialHelperFailed', 'InvalidArgument'],
  }),
  'image.resolve': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/resolve',
    summary: 'The full names that a short name may stand for',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () =>
      v.object({
        Names: v.array(v.string()),
        /** Not decided yet: a user at a terminal should be asked. */
        Ambiguous: v.optional(v.boolean()),
      }),
    errors: ['ImageReferenceInvalid', 'ImageNameUnqualified'],
  }),
  'image.remember': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/aliases',
    summary: 'Keep which full name a short name stands for',
    audit: { object: ['alias', 'name'] },
    extension: true,
    input: v.object({ alias: Name, name: Name }),
    imageNames: ['name'],
    output: () => Nothing,
    errors: ['ImageReferenceInvalid'],
  }),
}
