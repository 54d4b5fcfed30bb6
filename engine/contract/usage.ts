import * as v from 'valibot'

import { Integer, Nothing, Off, Texts } from './fields.ts'
import { operation } from './operation.ts'

/**
 * What is recorded of a container: percent of one core, bytes of working set, and bytes per second over the network and of block
 * devices.
 */
export const usageFields = ['cpu', 'memory', 'rx', 'tx', 'read', 'write'] as const
export type UsageField = (typeof usageFields)[number]

/** Values over time; null where nothing was recorded. */
const Line = v.array(v.nullable(v.number()))

/** When the points of a history are. */
const axis = {
  /** Seconds between points. */
  step: v.number(),
  /** Seconds since the epoch of the first point. */
  start: v.number(),
}

/** One container's recorded use. */
export const ContainerUsage = v.object({
  ...axis,
  cpu: Line,
  memory: Line,
  rx: Line,
  tx: Line,
  read: Line,
  write: Line,
})

/** The fields that were asked for. */
const chosen = {
  ...axis,
  cpu: v.optional(Line),
  memory: v.optional(Line),
  rx: v.optional(Line),
  tx: v.optional(Line),
  read: v.optional(Line),
  write: v.optional(Line),
}

/** What a container uses now. Rounded to what a person reads: a tenth of a percent, three digits of anything else. */
const LiveUse = v.object({
  id: v.string(),
  cpu: v.optional(v.number()),
  memory: v.optional(v.number()),
  rx: v.optional(v.number()),
  tx: v.optional(v.number()),
  read: v.optional(v.number()),
  write: v.optional(v.number()),
})

/** One report of live use: what changed since the one before. What is not in it is as it was. */
export const LiveUsage = v.object({
  /** Milliseconds since the epoch, by the host's clock. */
  time: v.number(),
  /** Containers whose figures changed, with all figures that were asked for. */
  containers: v.optional(v.array(LiveUse)),
  /** Ids of containers that are reported no more: they ended, began again, or others use most now. */
  gone: v.optional(v.array(v.string())),
  /** The sums over all containers that run, when they changed. */
  total: v.optional(v.object({ cpu: v.number(), memory: v.number() })),
})
export type LiveUsage = v.InferOutput<typeof LiveUsage>

/** History of resource use, live use, and who records it. */
export const usageOperations = {
  'usage.history': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/usage/history',
    extension: true,
    summary: 'Resource use of several containers over time, by default of all that run',
    input: v.object({
      containers: v.optional(Texts, []),
      /** Seconds of history, up to 30 days. */
      seconds: v.optional(Integer, 60),
      /** At most so many points, means of those recorded; 0 for all. */
      points: v.optional(Integer, 0),
      fields: v.optional(v.pipe(Texts, v.array(v.picklist(usageFields))), ['cpu', 'memory']),
      /** Adds the sums over all containers of the user, those that are gone by now too. */
      total: Off,
    }),
    output: () =>
      v.object({
        containers: v.array(v.object({ id: v.string(), ...chosen })),
        total: v.optional(v.object(chosen)),
      }),
    errors: ['ContainerNotFound', 'InvalidArgument'],
  }),
  'usage.live': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/usage/live',
    extension: true,
    summary: 'Resource use as it changes, of all containers that run, of some, or of those that use most',
    input: v.object({
      /** Names or ids; without them and without `top`, all that run. */
      containers: v.optional(Texts, []),
      /** So many that used most CPU time in the last minutes, and so many that used most memory. */
      top: v.optional(Integer, 0),
      fields: v.optional(v.pipe(Texts, v.array(v.picklist(usageFields))), ['cpu', 'memory']),
      /** Adds the sums over all containers that run. */
      total: Off,
      /** Seconds between reports. */
      interval: v.optional(Integer, 2),
    }),
    output: () => LiveUsage,
    firstByte: 'ready',
    errors: ['ContainerNotFound', 'InvalidArgument'],
  }),
  'usage.status': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/usage/status',
    extension: true,
    summary: 'Who records resource use',
    input: v.object({}),
    output: () =>
      v.object({
        /** `host`: from boot to shut-down; `service`: while a service of this user runs; `session`: while Berth is used. */
        recorder: v.picklist(['host', 'service', 'session', 'none']),
        /** Seconds since the epoch since when it runs. */
        since: v.optional(v.number()),
        /** Whether a service of this user could record: `not-needed` for root, who has the host's. */
        service: v.picklist(['possible', 'no-systemd', 'not-needed']),
      }),
    errors: [],
  }),
  'usage.enable': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/usage/enable',
    extension: true,
    summary: 'Start a service of this user that records resource use',
    input: v.object({}),
    output: () => Nothing,
    errors: ['NotSupported', 'ProgramFailed', 'ProgramMissing'],
  }),
  'usage.disable': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/usage/disable',
    extension: true,
    summary: 'End and remove that service; what it recorded stays',
    input: v.object({}),
    output: () => Nothing,
    errors: ['NotFound', 'NotSupported', 'ProgramFailed', 'ProgramMissing'],
  }),
}
