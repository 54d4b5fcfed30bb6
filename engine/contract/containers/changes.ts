import * as v from 'valibot'

import { Anything, Integer, Off, Texts } from '../fields.ts'
import { operation, plainText } from '../operation.ts'
import { ContainerSpec, Resources } from '../spec.ts'
import { path, Seconds, withRef } from './container-ref.ts'

const orNull = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

/** A weight or rate of one device of the host. Clients of podman write the names with a capital. */
const DeviceLimit = v.looseObject({
  Path: v.optional(v.string()),
  path: v.optional(v.string()),
  Weight: v.optional(v.number()),
  weight: v.optional(v.number()),
  Rate: v.optional(v.number()),
  rate: v.optional(v.number()),
})
export type DeviceLimit = v.InferOutput<typeof DeviceLimit>

/** What changes of a container: libpod's UpdateEntities. Limits have the form of the OCI runtime spec; times are as `30s`. */
export const UpdateBody = v.looseObject({
  ...Resources.entries,
  BlkIOWeightDevice: orNull(v.array(DeviceLimit)),
  DeviceReadBPs: orNull(v.array(DeviceLimit)),
  DeviceWriteBPs: orNull(v.array(DeviceLimit)),
  DeviceReadIOPs: orNull(v.array(DeviceLimit)),
  DeviceWriteIOPs: orNull(v.array(DeviceLimit)),
  /** `NAME=VALUE`, beside what it has. */
  Env: orNull(v.array(v.string())),
  /** Names of variables that are taken away. */
  UnsetEnv: orNull(v.array(v.string())),
  /** Those named replace the one of the same type. */
  r_limits: orNull(v.array(v.looseObject({ type: v.string(), hard: v.number(), soft: v.number() }))),
  health_cmd: orNull(v.string()),
  health_interval: orNull(v.string()),
  health_timeout: orNull(v.string()),
  health_retries: orNull(v.number()),
  health_start_period: orNull(v.string()),
  health_on_failure: orNull(v.string()),
  health_log_destination: orNull(v.string()),
  health_max_log_count: orNull(v.number()),
  health_max_log_size: orNull(v.number()),
  health_startup_cmd: orNull(v.string()),
  health_startup_interval: orNull(v.string()),
  health_startup_timeout: orNull(v.string()),
  health_startup_retries: orNull(v.number()),
  health_startup_success: orNull(v.number()),
  no_healthcheck: orNull(v.boolean()),
})
export type UpdateBody = v.InferOutput<typeof UpdateBody>

const createErrors = [
  'ContainerNotFound',
  'ContainerStateInvalid',
  'ContainerExists',
  'ImageNotFound',
  'InvalidArgument',
  'NameInvalid',
  'UnknownField',
  'NotSupported',
  'LimitUnavailable',
  'DiskFull',
] as const

/** Operations that change what a container is. */
export const containerChanges = {
  'container.update': operation({
    kind: 'call',
    method: 'POST',
    path: path('update'),
    summary: 'Change limits, restart policy, environment or health check of a container; the answer is its id',
    input: withRef({ restartPolicy: v.optional(v.string()), restartRetries: v.optional(Integer) }),
    body: UpdateBody,
    output: () => v.string(),
    mediaType: plainText,
    status: 201,
    errors: [
      'ContainerNotFound',
      'ContainerStateInvalid',
      'InvalidArgument',
      'UnknownField',
      'NotSupported',
      'LimitUnavailable',
      'RuntimeFailed',
      'CgroupUnavailable',
    ],
  }),
  'container.clone': operation({
    kind: 'call',
    method: 'POST',
    path: path('clone'),
    extension: true,
    summary: 'Make a container as another one is, with the given fields replaced',
    audit: { object: ['name', 'body.name', 'body.image'], made: 'Id' },
    input: withRef({
      /** Removes the other one. */
      destroy: Off,
      /** Also one that runs. */
      force: Off,
      /** Starts the new one. */
      run: Off,
    }),
    body: ContainerSpec,
    imageNames: ['body.image'],
    output: () => v.object({ Id: v.string(), Warnings: v.array(v.string()) }),
    status: 201,
    errors: [...createErrors, 'ContainerDependency', 'RuntimeFailed'],
  }),
  'container.edit': operation({
    kind: 'call',
    method: 'POST',
    path: path('edit'),
    extension: true,
    summary: 'Make a container again in its place with the given fields replaced; if that fails it is as it was',
    audit: { object: ['name', 'body.name', 'body.image'] },
    input: withRef({
      /** Says what would change, and changes nothing. */
      dryRun: Off,
      /** Names of fields that get their default again. */
      reset: v.optional(Texts, []),
      /** Of the stop, instead of the container's own. */
      timeout: v.optional(Seconds),
    }),
    body: ContainerSpec,
    imageNames: ['body.image'],
    output: () =>
      v.object({
        Id: v.string(),
        /** What differs, by fields of the request it was made by. */
        Changes: v.array(
          v.object({
            /** `portmappings`, `resource_limits.memory.limit` … */
            Field: v.string(),
            /** Null for the default. */
            Before: Anything,
            After: Anything,
          }),
        ),
        /** Whether it runs, and so is stopped and started again. */
        Restarts: v.boolean(),
        /** Whether it gets a new file system, and what it wrote into the old one is gone; volumes stay. */
        NewFiles: v.boolean(),
        Warnings: v.array(v.string()),
      }),
    errors: [...createErrors, 'PortInUse', 'RuntimeFailed', 'MonitorFailed', 'CommandNotFound', 'StopTimeout'],
  }),
}
