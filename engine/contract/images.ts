import * as v from 'valibot'

import { Anything, Filters, listOrNull, Name, Nothing, Off, TextMap, Texts, Time } from './fields.ts'
import { operation } from './operation.ts'
import { registryAccess, registryHeaders } from './registry-access.ts'

/** An image in a list, as libpod's `images/json` has it. Sizes are bytes, `Created` is seconds. */
export const ImageSummary = v.object({
  Id: v.string(),
  ParentId: v.string(),
  RepoTags: listOrNull(v.string()),
  RepoDigests: listOrNull(v.string()),
  Created: v.number(),
  Size: v.number(),
  SharedSize: v.number(),
  VirtualSize: v.number(),
  Labels: v.nullable(TextMap),
  Containers: v.number(),
  Arch: v.optional(v.string()),
  Os: v.optional(v.string()),
  Digest: v.optional(v.string()),
  History: v.optional(v.array(v.string())),
  IsManifestList: v.optional(v.boolean()),
  Names: v.optional(v.array(v.string())),
  Dangling: v.optional(v.boolean()),
  /** It is in an additional store, which is never written. */
  ReadOnly: v.optional(v.boolean()),
})

/** What an image says a container made from it shall be (OCI image config, `config` property). */
export const ImageConfig = v.object({
  User: v.optional(v.string()),
  ExposedPorts: v.optional(v.record(v.string(), Anything)),
  Env: v.optional(v.array(v.string())),
  Entrypoint: v.optional(v.array(v.string())),
  Cmd: v.optional(v.array(v.string())),
  Volumes: v.optional(v.record(v.string(), Anything)),
  WorkingDir: v.optional(v.string()),
  Labels: v.optional(TextMap),
  StopSignal: v.optional(v.string()),
  /** Docker's own: steps of a build on top of it, and the shell of a build's commands. */
  OnBuild: v.optional(v.array(v.string())),
  Shell: v.optional(v.array(v.string())),
})

/** How to find out whether a container works (Docker's image config). Times are nanoseconds. */
export const ImageHealthcheck = v.object({
  Test: v.optional(v.array(v.string())),
  StartPeriod: v.optional(v.number()),
  StartInterval: v.optional(v.number()),
  Interval: v.optional(v.number()),
  Timeout: v.optional(v.number()),
  Retries: v.optional(v.number()),
})

/** One image in full, as libpod's `images/{name}/json` has it. */
export const ImageInspect = v.object({
  Id: v.string(),
  Digest: v.string(),
  RepoTags: v.array(v.string()),
  RepoDigests: v.array(v.string()),
  Parent: v.string(),
  Comment: v.string(),
  Created: Time,
  Config: ImageConfig,
  Version: v.string(),
  Author: v.string(),
  Architecture: v.string(),
  Os: v.string(),
  Size: v.number(),
  VirtualSize: v.number(),
  GraphDriver: v.object({ Name: v.string(), Data: TextMap }),
  RootFS: v.object({ Type: v.string(), Layers: v.array(v.string()) }),
  Labels: v.nullable(TextMap),
  Annotations: TextMap,
  ManifestType: v.string(),
  User: v.string(),
  History: v.array(
    v.object({
      created: v.optional(v.string()),
      created_by: v.optional(v.string()),
      author: v.optional(v.string()),
      comment: v.optional(v.string()),
      empty_layer: v.optional(v.boolean()),
    }),
  ),
  NamesHistory: listOrNull(v.string()),
  Healthcheck: v.optional(ImageHealthcheck),
})

/** One step of a pull. Libpod's clients read `stream`, `error`, `images` and `id`; `layer` is ours. Sizes are bytes. */
export const PullProgress = v.object({
  stream: v.optional(v.string()),
  error: v.optional(v.string()),
  cause: v.optional(v.string()),
  images: v.optional(v.array(v.string())),
  id: v.optional(v.string()),
  layer: v.optional(
    v.object({
      digest: v.string(),
      phase: v.picklist(['waiting', 'downloading', 'unpacking', 'done', 'exists']),
      current: v.number(),
      total: v.number(),
    }),
  ),
})

/** What `image.removeMany` and `image.remove` report. */
export const RemoveReport = v.object({
  Untagged: v.array(v.string()),
  Deleted: v.array(v.string()),
  Errors: v.array(v.string()),
  ExitCode: v.number(),
})

/** When an image that is there already is pulled again; libpod reads it in any case, and nothing as `always`. */
const PullPolicy = v.pipe(
  v.string(),
  v.transform((policy) => policy.toLowerCase() || 'always'),
  v.picklist(['always', 'missing', 'newer', 'never', 'ifnotpresent']),
)

export const imageOperations = {
  'image.pull': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/images/pull',
    summary: 'Pull an image from a registry',
    input: v.object({
      reference: Name,
      policy: v.optional(PullPolicy),
      quiet: Off,
      allTags: Off,
      Arch: v.optional(v.string()),
      OS: v.optional(v.string()),
      Variant: v.optional(v.string()),
      ...registryAccess,
    }),
    headers: registryHeaders,
    output: PullProgress,
    errors: [
      'ImageReferenceInvalid',
      'ImageNameUnqualified',
      'ImageUnknown',
      'ImagePlatformMissing',
      'RegistryUnreachable',
      'RegistryCertificate',
      'RegistryUnauthorized',
      'RegistryBlocked',
      'RegistryProtocol',
      'RegistryThrottled',
      'ManifestInvalid',
      'DigestMismatch',
      'SizeMismatch',
      'LayerInvalid',
      'DiskFull',
      'Cancelled',
    ],
    statuses: { fields: { reference: 500 } },
  }),
  'image.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/json',
    summary: 'List images',
    input: v.object({ all: Off, filters: v.optional(Filters, {}) }),
    output: v.array(ImageSummary),
    errors: [],
    statuses: { fields: { filters: 500 }, others: 500 },
  }),
  'image.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/json',
    summary: 'Show an image in full',
    input: v.object({ name: Name }),
    output: ImageInspect,
    errors: ['ImageNotFound'],
  }),
  'image.exists': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/exists',
    summary: 'Check whether an image is in the local store',
    input: v.object({ name: Name }),
    output: Nothing,
    errors: ['ImageNotFound'],
  }),
  'image.removeMany': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/images/remove',
    summary: 'Remove several images',
    input: v.object({ images: v.optional(Texts, []), all: Off, force: Off, ignore: Off, lookupManifest: Off, noprune: Off }),
    output: RemoveReport,
    errors: ['ImageNotFound', 'ImageInUse'],
  }),
  'image.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/images/{name:.*}',
    summary: 'Remove an image, or one of its names',
    input: v.object({ name: Name, force: Off, noprune: Off }),
    output: RemoveReport,
    errors: ['ImageNotFound', 'ImageInUse'],
    statuses: { codes: { ImageReferenceInvalid: 500 } },
  }),
  'image.tag': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/{name:.*}/tag',
    summary: 'Give an image another name',
    input: v.object({ name: Name, repo: Name, tag: v.optional(v.string()) }),
    output: Nothing,
    status: 201,
    errors: ['ImageNotFound', 'ImageReferenceInvalid'],
    statuses: { codes: { ImageReferenceInvalid: 500 } },
  }),
  'image.untag': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/{name:.*}/untag',
    summary: 'Take a name, or all names, from an image',
    input: v.pipe(
      v.object({ name: Name, repo: v.optional(v.string()), tag: v.optional(v.string()) }),
      v.forward(
        v.check(({ repo, tag }) => !tag || Boolean(repo), 'a tag is taken away together with its repository'),
        ['repo'],
      ),
    ),
    output: Nothing,
    status: 201,
    errors: ['ImageNotFound', 'ImageReferenceInvalid'],
    statuses: { fields: { repo: 400 }, named: 404, others: 500 },
  }),
  'image.prune': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/prune',
    summary: 'Remove images that nothing uses',
    input: v.object({ all: Off, filters: v.optional(Filters, {}) }),
    output: v.array(v.object({ Id: v.string(), Size: v.number(), Err: v.optional(v.nullable(v.string())) })),
    errors: [],
    statuses: { fields: { all: 500, filters: 500 }, others: 500 },
  }),
  'image.history': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/history',
    summary: 'The steps an image was made in, newest first',
    input: v.object({ name: Name }),
    output: v.array(
      v.object({
        /** The image that ends with this step, or `<missing>`. */
        Id: v.string(),
        /** Seconds since 1970. */
        Created: v.number(),
        CreatedBy: v.string(),
        Tags: listOrNull(v.string()),
        Size: v.number(),
        Comment: v.string(),
      }),
    ),
    errors: ['ImageNotFound'],
  }),
  'image.tree': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/tree',
    summary: 'The layers of an image as a tree, drawn for people',
    input: v.object({ name: Name, whatrequires: Off }),
    output: v.object({ Tree: v.string() }),
    errors: ['ImageNotFound'],
  }),
  'image.layers': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/layers',
    summary: 'The layers of an image, lowest first, with the images that share each',
    extension: true,
    input: v.object({ name: Name }),
    output: v.array(
      v.object({
        diffId: v.string(),
        digest: v.string(),
        mediaType: v.string(),
        /** Compressed and unpacked bytes. */
        compressedSize: v.number(),
        size: v.number(),
        /** The step of the history that made it. */
        createdBy: v.string(),
        /** Names of this image, where the layer is its topmost. */
        tags: v.array(v.string()),
        /** Other images with the layer, by name or id. */
        sharedWith: v.array(v.string()),
      }),
    ),
    errors: ['ImageNotFound'],
  }),
  'image.changes': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/changes',
    summary: 'What an image changes against its parent layer, or another image',
    input: v.object({
      name: Name,
      parent: v.optional(v.string()),
      diffType: v.optional(v.picklist(['all', 'container', 'image'])),
    }),
    /** `Kind`: 0 changed, 1 added, 2 deleted. */
    output: listOrNull(v.object({ Path: v.string(), Kind: v.number() })),
    errors: ['ImageNotFound'],
    statuses: { others: 500 },
  }),
  'image.mount': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/{name:.*}/mount',
    summary: 'Mount an image’s file system, read-only, on the host',
    extension: true,
    input: v.object({ name: Name }),
    output: v.object({ Id: v.string(), Path: v.string() }),
    errors: ['ImageNotFound', 'NotSupported'],
  }),
  'image.mounts': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/mounts',
    summary: 'List mounted images',
    extension: true,
    input: v.object({}),
    output: v.array(
      v.object({ Id: v.string(), Names: v.array(v.string()), Repositories: v.array(v.string()), Path: v.string() }),
    ),
    errors: [],
  }),
  'image.unmount': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/{name:.*}/unmount',
    summary: 'Unmount an image; with force whatever holds it',
    extension: true,
    input: v.object({ name: Name, force: Off }),
    output: v.object({ Id: v.string() }),
    errors: ['ImageNotFound', 'ImageNotMounted'],
  }),
}
