import * as v from 'valibot'

import { Filters, Moment, On } from '../fields.ts'
import { operation } from '../operation.ts'
import { DiskUsage, Event, Info, Version } from './shapes.ts'

/** What tells of the host and the store. */
export const systemQueries = {
  'system.info': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/info',
    summary: 'Describe the host and the store',
    input: v.object({}),
    output: () => Info,
    errors: [],
  }),
  'system.version': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/version',
    /** Docker's document is the same. */
    aliases: ['/version'],
    summary: 'Versions of the engine and what it uses',
    input: v.object({}),
    output: () => Version,
    errors: [],
  }),
  'system.events': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/events',
    summary: 'Events, past and to come',
    input: v.object({
      stream: On,
      since: Moment,
      until: Moment,
      filters: v.optional(Filters, {}),
    }),
    output: () => Event,
    errors: ['InvalidArgument'],
    statuses: { others: 500 },
  }),
  'system.config': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/system/config',
    summary: 'The configuration files that are looked for, in order, and the settings that they lead to',
    input: v.object({}),
    output: () =>
      v.object({
        Files: v.array(
          v.object({
            /** What it is: `containers.conf`. */
            Name: v.string(),
            Path: v.string(),
            Exists: v.boolean(),
            /** It is read: of some only the first that exists is. */
            Used: v.boolean(),
            /** Why it cannot be understood. */
            Error: v.optional(v.string()),
          }),
        ),
        /** What containers.conf sets, by the names there; of variables only the names. */
        Settings: v.array(v.object({ Name: v.string(), Value: v.string() })),
        /** Registries in which short names are looked for, in order. */
        Search: v.array(v.string()),
        ShortNameMode: v.string(),
      }),
    errors: [],
    extension: true,
  }),
  'system.openApi': operation({
    kind: 'call',
    method: 'GET',
    path: '/openapi.json',
    aliases: ['/libpod/openapi.json', '/libpod/swagger'],
    summary: 'This API as an OpenAPI 3.1 document',
    input: v.object({}),
    output: () => v.looseObject({ openapi: v.string(), paths: v.record(v.string(), v.looseObject({})) }),
    errors: [],
    extension: true,
  }),
  'system.apiPage': operation({
    kind: 'call',
    method: 'GET',
    path: '/openapi.html',
    aliases: ['/libpod/openapi.html'],
    summary: 'This API as a page for people; it loads nothing and runs nothing',
    input: v.object({}),
    output: () => v.string(),
    mediaType: 'text/html; charset=utf-8',
    responseHeaders: {
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    },
    errors: [],
    extension: true,
  }),
  'system.df': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/system/df',
    summary: 'Disk use of images, containers and volumes',
    input: v.object({}),
    output: () => DiskUsage,
    errors: [],
  }),
}
