import * as v from 'valibot'

import { Anything, Filters, Integer, Moment, Nothing, Off, On, Texts } from '../fields.ts'
import { operation, plainText } from '../operation.ts'
import { ContainerRef, path, withRef } from './container-ref.ts'
import { ContainerUsage } from '../usage.ts'
import { ContainerInspect } from './inspect.ts'
import { ContainerSummary, StatsReport, TopTable } from './shapes.ts'

/** Operations that read containers. */
export const containerQueries = {
  'container.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/containers/json',
    summary: 'List containers',
    input: v.object({
      all: Off,
      limit: v.optional(Integer),
      last: v.optional(Integer),
      size: Off,
      sync: Off,
      namespace: Off,
      pod: Off,
      filters: v.optional(Filters, {}),
    }),
    output: () => v.array(ContainerSummary),
    errors: ['InvalidArgument'],
    statuses: { fields: { '*': 500 }, others: 500 },
  }),
  'container.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: path('json'),
    summary: 'Show a container in full',
    input: withRef({ size: Off }),
    output: () => ContainerInspect,
    errors: ['ContainerNotFound'],
  }),
  'container.exists': operation({
    kind: 'call',
    method: 'GET',
    path: path('exists'),
    summary: 'Check whether a container exists',
    input: ContainerRef,
    output: () => Nothing,
    errors: ['ContainerNotFound'],
  }),
  'container.wait': operation({
    kind: 'call',
    method: 'POST',
    path: path('wait'),
    summary: 'Wait until a container is in one of the given states; the answer is its exit code, or -1',
    audit: false,
    input: withRef({ condition: v.optional(Texts), interval: v.optional(v.string()) }),
    output: () => v.number(),
    mediaType: plainText,
    errors: ['ContainerNotFound', 'InvalidArgument', 'HealthcheckMissing'],
    statuses: { fields: { interval: 500 } },
  }),
  'container.top': operation({
    kind: 'call',
    method: 'GET',
    path: path('top'),
    summary: 'List the processes in a container',
    input: withRef({ stream: Off, delay: v.optional(v.pipe(Integer, v.minValue(1))), ps_args: v.optional(Texts) }),
    output: () => TopTable,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'InvalidArgument'],
    statuses: { codes: { ContainerStateInvalid: 500 } },
  }),
  'container.logs': operation({
    kind: 'stream',
    format: 'frames',
    method: 'GET',
    path: path('logs'),
    summary: "Read a container's output",
    input: withRef({
      follow: Off,
      stdout: On,
      stderr: On,
      since: Moment,
      until: Moment,
      timestamps: Off,
      /** How many of the last lines; `all` by default. */
      tail: v.optional(v.string()),
    }),
    output: () => Anything,
    foreign: { defaults: { stdout: 'false', stderr: 'false' } },
    errors: ['ContainerNotFound', 'InvalidArgument', 'NotSupported'],
  }),
  'container.stats': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/containers/stats',
    summary: 'Resource use of containers, all running ones by default',
    input: v.object({
      containers: v.optional(Texts, []),
      stream: On,
      /** Seconds between ticks. */
      interval: v.optional(Integer, 5),
      all: Off,
    }),
    output: () => StatsReport,
    errors: ['ContainerNotFound'],
  }),
  'container.usage': operation({
    kind: 'call',
    method: 'GET',
    path: path('usage'),
    extension: true,
    summary: "A container's resource use over time, from the rings on disk",
    input: withRef({
      /** Seconds of history, up to 30 days. */
      seconds: v.optional(Integer, 900),
      /** At most so many points, means of those recorded; 0 for all. */
      points: v.optional(Integer, 0),
    }),
    output: () => ContainerUsage,
    errors: ['ContainerNotFound', 'InvalidArgument'],
  }),
  'container.export': operation({
    kind: 'stream',
    format: 'bytes',
    method: 'GET',
    path: path('export'),
    summary: 'The file system of a container as a tar archive',
    input: ContainerRef,
    output: () => Anything,
    firstByte: 'item',
    mediaType: 'application/x-tar',
    errors: ['ContainerNotFound', 'StoreUnavailable', 'StoreCorrupt', 'LayerNotFound'],
  }),
}
