import * as v from 'valibot'

import { Anything, Flag, Name, Nothing, Off, On, TextMap, Texts } from './fields.ts'
import { operation } from './operation.ts'
import { signingChoice } from './images/options.ts'
import {
  compressionChoice,
  knownTransfer,
  registriesOnly,
  registryAccess,
  registryErrors,
  registryLogins,
  TransferProgress,
} from './registry-access.ts'

/** A manifest list or index as it would be pushed. */
export const ManifestList = v.looseObject({
  schemaVersion: v.number(),
  mediaType: v.string(),
  manifests: v.nullable(
    v.array(
      v.looseObject({ mediaType: v.string(), size: v.number(), digest: v.string(), platform: v.optional(v.looseObject({})) }),
    ),
  ),
  annotations: v.optional(v.nullable(TextMap)),
})

/** Fields of one image of a list. Go's clients send null for what they leave out. */
const entryFields = {
  /** Names, ids or digests; with a transport, images elsewhere. */
  images: v.nullish(v.array(v.string())),
  all: v.nullish(v.boolean()),
  annotation: v.nullish(v.array(v.string())),
  annotations: v.nullish(TextMap),
  index_annotations: v.nullish(TextMap),
  arch: v.nullish(v.string()),
  os: v.nullish(v.string()),
  os_version: v.nullish(v.string()),
  os_features: v.nullish(v.array(v.string())),
  features: v.nullish(v.array(v.string())),
  variant: v.nullish(v.string()),
  subject: v.nullish(v.string()),
  artifact_type: v.nullish(v.string()),
  artifact_config: v.nullish(v.string()),
  artifact_config_type: v.nullish(v.string()),
  artifact_layer_type: v.nullish(v.string()),
  artifact_exclude_titles: v.nullish(v.boolean()),
  artifact_subject: v.nullish(v.string()),
  artifact_annotations: v.nullish(TextMap),
  artifact_files: v.nullish(v.array(v.string())),
}

export const manifestOperations = {
  'manifest.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/manifests/{name:.*}/json',
    summary: 'Show a manifest list of the store, or one of a registry',
    input: v.object({ name: Name, ...registryAccess }),
    ...registryLogins,
    imageNames: ['name'],
    output: () => ManifestList,
    errors: ['ImageNotFound', ...registryErrors, 'ManifestInvalid'],
    statuses: { others: 404 },
  }),
  'manifest.exists': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/manifests/{name:.*}/exists',
    summary: 'Check whether a manifest list is in the store',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () => Nothing,
    errors: ['ImageNotFound'],
    statuses: { codes: { ImageNotFound: 404 }, others: 500 },
  }),
  'manifest.push': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/manifests/{name:.*}/registry/{destination:.*}',
    summary: 'Push a manifest list and, with all, its images',
    task: { object: ['destination'] },
    input: v.object({
      name: Name,
      destination: Name,
      all: On,
      format: v.optional(v.picklist(['oci', 'v2s2', ''])),
      /** What containers.conf says, where nothing is given. */
      addCompression: v.optional(Texts),
      ...compressionChoice,
      ...signingChoice,
      quiet: Off,
      ...registryAccess,
    }),
    ...registryLogins,
    imageNames: ['name'],
    output: () => TransferProgress,
    foreign: {
      defaults: { quiet: 'true', all: 'false' },
      refused: [registriesOnly('destination')],
      progress: {
        ...knownTransfer,
        renamed: { manifestdigest: 'Id' },
        quiet: { field: 'manifestdigest', as: 'Id' },
        firstByte: 'begin',
      },
    },
    errors: ['ImageNotFound', ...registryErrors],
    statuses: { others: 400 },
  }),
  'manifest.modify': operation({
    kind: 'call',
    method: 'PUT',
    path: '/libpod/manifests/{name:.*}',
    summary: 'Add images to a manifest list, take some out, or annotate them',
    input: v.object({ name: Name, ...registryAccess }),
    ...registryLogins,
    body: v.looseObject({ operation: v.optional(v.picklist(['update', 'remove', 'annotate']), 'update'), ...entryFields }),
    imageNames: ['name'],
    output: () =>
      v.object({
        Id: v.string(),
        images: v.optional(v.array(v.string())),
        errors: v.optional(v.array(Anything)),
        files: v.optional(v.array(v.string())),
      }),
    foreign: {
      refused: [{ fields: ['body.operation'], message: 'illegal operation "": it is update, remove or annotate' }],
    },
    errors: ['ImageNotFound', ...registryErrors, 'ManifestInvalid', 'InvalidArgument'],
    statuses: { fields: { body: 500 }, named: 404, others: 400 },
  }),
  'manifest.create': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/manifests/{name:.*}',
    summary: 'Make a manifest list',
    audit: { object: ['name'] },
    input: v.object({
      name: Name,
      images: v.optional(Texts, []),
      all: Off,
      amend: Off,
      annotation: v.optional(Texts, []),
      /** The same as JSON, as podman's client sends it. */
      annotations: v.optional(v.union([TextMap, v.pipe(v.string(), v.maxLength(65_536), v.parseJson(), TextMap)]), {}),
      ...registryAccess,
    }),
    ...registryLogins,
    /** Podman's client sends here what it says of the list and of its images, and which they are. */
    body: v.looseObject(entryFields),
    imageNames: ['name', 'images'],
    output: () => v.object({ Id: v.string() }),
    status: 201,
    errors: ['ImageExists', 'ImageReferenceInvalid', 'ImageNotFound', ...registryErrors],
    statuses: { fields: { body: 500 }, codes: { ImageReferenceInvalid: 400, InvalidArgument: 400 }, others: 500 },
  }),
  'manifest.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/manifests/{name:.*}',
    summary: 'Remove a manifest list; its images stay',
    input: v.object({ name: Name, ignore: v.optional(Flag) }),
    imageNames: ['name'],
    output: () =>
      v.object({
        Untagged: v.array(v.string()),
        Deleted: v.array(v.string()),
        Errors: v.array(v.string()),
        ExitCode: v.number(),
      }),
    errors: ['ImageNotFound'],
    statuses: { codes: { ImageNotFound: 404 }, others: 500 },
  }),
}
