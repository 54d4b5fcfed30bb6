import * as v from 'valibot'

import { Anything, listOrNull, Name, Nothing, TextMap } from '../fields.ts'
import { dockerOperation } from './docker-operation.ts'
import { badName, MaybeFilters, Off, Text } from './parameters.ts'

/** An image in a list. Sizes are bytes, -1 what was not computed; `Created` is seconds. Libpod adds the last three. */
export const DockerImageSummary = v.object({
  Containers: v.number(),
  Created: v.number(),
  Id: v.string(),
  Labels: v.nullable(TextMap),
  ParentId: v.string(),
  RepoDigests: v.array(v.string()),
  RepoTags: v.array(v.string()),
  SharedSize: v.number(),
  Size: v.number(),
  VirtualSize: v.number(),
  Digest: v.optional(v.string()),
  History: v.optional(v.array(v.string())),
  Names: v.optional(v.array(v.string())),
})

/** An image's defaults for its containers, with the fields of a container's configuration that an image never has. */
const DockerImageConfig = v.looseObject({
  User: v.string(),
  ExposedPorts: v.optional(v.record(v.string(), Anything)),
  Env: listOrNull(v.string()),
  Cmd: listOrNull(v.string()),
  Healthcheck: v.optional(Anything),
  Volumes: v.nullable(v.record(v.string(), Anything)),
  WorkingDir: v.string(),
  Entrypoint: listOrNull(v.string()),
  OnBuild: listOrNull(v.string()),
  Labels: v.nullable(TextMap),
  StopSignal: v.optional(v.string()),
  Shell: v.optional(v.array(v.string())),
})

/** One image in full. */
export const DockerImageInspect = v.looseObject({
  Id: v.string(),
  RepoTags: v.array(v.string()),
  RepoDigests: v.array(v.string()),
  Parent: v.string(),
  Comment: v.string(),
  Created: v.string(),
  Author: v.string(),
  Config: DockerImageConfig,
  Architecture: v.string(),
  Os: v.string(),
  Size: v.number(),
  VirtualSize: v.number(),
  GraphDriver: Anything,
  RootFS: v.object({ Type: v.string(), Layers: v.array(v.string()) }),
  Metadata: v.object({ LastTagTime: v.string() }),
})

export const dockerImageOperations = {
  'docker.image.list': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/images/json',
    summary: 'List images',
    input: v.object({ all: Off, 'shared-size': Off, filters: MaybeFilters }),
    output: () => v.array(DockerImageSummary),
    errors: [],
    statuses: { fields: { filters: 500 }, others: 500 },
  }),
  'docker.image.inspect': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/images/{name:.*}/json',
    summary: 'Show an image in full',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () => DockerImageInspect,
    errors: ['ImageNotFound', 'ImageReferenceInvalid'],
    statuses: { codes: badName },
  }),
  'docker.image.history': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/images/{name:.*}/history',
    summary: 'The steps an image was made in, newest first',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () =>
      v.array(
        v.object({
          Id: v.string(),
          /** Seconds since 1970. */
          Created: v.number(),
          CreatedBy: v.string(),
          Tags: listOrNull(v.string()),
          Size: v.number(),
          Comment: v.string(),
        }),
      ),
    errors: ['ImageNotFound', 'ImageReferenceInvalid'],
    statuses: { codes: badName },
  }),
  'docker.image.tag': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/images/{name:.*}/tag',
    summary: 'Give an image another name',
    input: v.object({ name: Name, repo: Text, tag: Text }),
    imageNames: ['name'],
    output: () => Nothing,
    status: 201,
    errors: ['ImageNotFound', 'ImageReferenceInvalid', 'InvalidArgument'],
    statuses: { codes: badName },
  }),
  'docker.image.remove': dockerOperation({
    kind: 'call',
    method: 'DELETE',
    path: '/images/{name:.*}',
    summary: 'Remove an image, or one of its names',
    input: v.object({ name: Name, force: Off, noprune: Off }),
    imageNames: ['name'],
    output: () => v.array(v.union([v.object({ Untagged: v.string() }), v.object({ Deleted: v.string() })])),
    errors: ['ImageNotFound', 'ImageReferenceInvalid', 'ImageInUse'],
    statuses: { codes: badName },
  }),
  'docker.image.prune': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/images/prune',
    summary: 'Remove images that nothing uses: those without a name or, with the filter dangling=false, all',
    input: v.object({ filters: MaybeFilters }),
    output: () => v.object({ ImagesDeleted: v.array(v.object({ Deleted: v.string() })), SpaceReclaimed: v.number() }),
    errors: [],
    statuses: { fields: { filters: 500 }, others: 500 },
  }),
}
