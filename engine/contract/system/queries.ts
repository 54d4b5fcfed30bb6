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
