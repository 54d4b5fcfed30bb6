import * as v from 'valibot'

import { Anything, Name, Texts } from '../fields.ts'
import { dockerOperation } from './docker-operation.ts'
import { On, Text } from './parameters.ts'

const optional = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))
const Weights = optional(v.array(v.looseObject({ Path: v.string(), Weight: v.number() })))
const Rates = optional(v.array(v.looseObject({ Path: v.string(), Rate: v.number() })))

/** Limits and restart policy as Docker has them; sizes are bytes. */
const UpdateConfig = v.looseObject({
  Memory: optional(v.number()),
  MemoryReservation: optional(v.number()),
  MemorySwap: optional(v.number()),
  MemorySwappiness: optional(v.number()),
  OomKillDisable: optional(v.boolean()),
  NanoCpus: optional(v.number()),
  CpuShares: optional(v.number()),
  CpuPeriod: optional(v.number()),
  CpuQuota: optional(v.number()),
  CpuRealtimePeriod: optional(v.number()),
  CpuRealtimeRuntime: optional(v.number()),
  CpusetCpus: optional(v.string()),
  CpusetMems: optional(v.string()),
  PidsLimit: optional(v.number()),
  BlkioWeight: optional(v.number()),
  BlkioWeightDevice: Weights,
  BlkioDeviceReadBps: Rates,
  BlkioDeviceWriteBps: Rates,
  BlkioDeviceReadIOps: Rates,
  BlkioDeviceWriteIOps: Rates,
  RestartPolicy: optional(v.looseObject({ Name: optional(v.string()), MaximumRetryCount: optional(v.number()) })),
})

export const dockerContainerChanges = {
  'docker.container.commit': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/commit',
    summary: 'Make an image of what a container changed',
    input: v.object({
      container: Name,
      repo: Text,
      tag: Text,
      comment: Text,
      author: Text,
      pause: On,
      changes: v.optional(Texts, []),
    }),
    /** Fields of the image's configuration. */
    body: v.nullable(v.record(v.string(), Anything)),
    output: () => v.object({ Id: v.string() }),
    status: 201,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'ImageReferenceInvalid', 'InvalidArgument', 'DiskFull'],
    statuses: { codes: { ContainerNotFound: 404, ContainerStateInvalid: 409 }, others: 500 },
  }),
  'docker.container.update': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/containers/{name}/update',
    summary: 'Change limits and restart policy of a container',
    input: v.object({ name: Name }),
    body: UpdateConfig,
    output: () => v.object({ Warnings: v.nullable(v.array(v.string())) }),
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'InvalidArgument', 'LimitUnavailable', 'RuntimeFailed'],
    statuses: { codes: { ContainerNotFound: 404 }, others: 500 },
  }),
}
