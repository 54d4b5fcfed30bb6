import * as v from 'valibot'

import { Name, Nothing, TextMap } from '../fields.ts'
import { dockerOperation } from './docker-operation.ts'
import { MaybeFilters, Off } from './parameters.ts'

/** A volume; times are whole seconds. */
const DockerVolume = v.object({
  Name: v.string(),
  Driver: v.string(),
  Mountpoint: v.string(),
  CreatedAt: v.string(),
  Labels: TextMap,
  Scope: v.string(),
  Options: v.nullable(TextMap),
})

const ref = { name: Name }

export const dockerVolumeOperations = {
  'docker.volume.list': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/volumes',
    summary: 'List volumes',
    input: v.object({ filters: MaybeFilters }),
    output: () => v.object({ Volumes: v.array(DockerVolume), Warnings: v.array(v.string()) }),
    errors: ['InvalidArgument'],
    statuses: { codes: { InvalidArgument: 500 } },
  }),
  'docker.volume.create': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/volumes/create',
    summary: 'Create a volume, unless there is one of that name',
    input: v.object({}),
    body: v.looseObject({
      Name: v.optional(v.nullable(v.string())),
      Driver: v.optional(v.nullable(v.string())),
      DriverOpts: v.optional(v.nullable(TextMap)),
      Labels: v.optional(v.nullable(TextMap)),
    }),
    output: () => DockerVolume,
    status: 201,
    errors: ['NameInvalid', 'InvalidArgument', 'NotSupported'],
    statuses: { codes: { NameInvalid: 500, InvalidArgument: 500 } },
  }),
  'docker.volume.prune': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/volumes/prune',
    summary: 'Remove volumes that no container mounts',
    input: v.object({ filters: MaybeFilters }),
    output: () => v.object({ VolumesDeleted: v.array(v.string()), SpaceReclaimed: v.number() }),
    errors: ['InvalidArgument'],
    statuses: { codes: { InvalidArgument: 500 } },
  }),
  'docker.volume.inspect': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/volumes/{name}',
    summary: 'Show a volume in full',
    input: v.object(ref),
    output: () => DockerVolume,
    errors: ['VolumeNotFound'],
  }),
  'docker.volume.remove': dockerOperation({
    kind: 'call',
    method: 'DELETE',
    path: '/volumes/{name}',
    summary: 'Remove a volume',
    input: v.object({ ...ref, force: Off }),
    output: () => Nothing,
    errors: ['VolumeNotFound', 'VolumeInUse'],
  }),
}
