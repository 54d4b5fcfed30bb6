import * as v from 'valibot'

import { Anything, Flag, Name, Nothing, Off, On, TextMap, Texts } from './fields.ts'
import { operation } from './operation.ts'
import { signingChoice } from './image-transfer.ts'
import { compressionChoice, registryAccess, registryErrors, registryHeaders, TransferProgress } from './registry-access.ts'

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

/** What is said of one image of a list. Go's clients send null for what they leave out. */
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
    headers: registryHeaders,
    output: ManifestList,
    errors: ['ImageNotFound', ...registryErrors, 'ManifestInvalid'],
    statuses: { others: 404 },
  }),
  'manifest.exists': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/manifests/{name:.*}/exists',
    summary: 'Check whether a manifest list is in the store',
    input: v.object({ name: Name }),
    output: Nothing,
    errors: ['ImageNotFound'],
    statuses: { codes: { ImageNotFound: 404 }, others: 500 },
  }),
  'manifest.push': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/manifests/{name:.*}/registry/{destination:.*}',
    summary: 'Push a manifest list and, with all, its images',
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
    headers: registryHeaders,
    output: TransferProgress,
    errors: ['ImageNotFound', ...registryErrors],
    statuses: { others: 400 },
  }),
  'manifest.modify': operation({
    kind: 'call',
    method: 'PUT',
    path: '/libpod/manifests/{name:.*}',
    summary: 'Add images to a manifest list, take some out, or annotate them',
    input: v.object({ name: Name, ...registryAccess }),
    headers: registryHeaders,
    body: v.looseObject({ operation: v.optional(v.picklist(['update', 'remove', 'annotate']), 'update'), ...entryFields }),
    output: v.object({
      Id: v.string(),
      images: v.optional(v.array(v.string())),
      errors: v.optional(v.array(Anything)),
      files: v.optional(v.array(v.string())),
    }),
    errors: ['ImageNotFound', ...registryErrors, 'ManifestInvalid', 'InvalidArgument'],
    statuses: { fields: { body: 500 }, named: 404, others: 400 },
  }),
  'manifest.create': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/manifests/{name:.*}',
    summary: 'Make a manifest list',
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
    headers: registryHeaders,
    /** Podman's client sends here what it says of the list and of its images, and which they are. */
    body: v.looseObject(entryFields),
    output: v.object({ Id: v.string() }),
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
    output: v.object({
      Untagged: v.array(v.string()),
      Deleted: v.array(v.string()),
      Errors: v.array(v.string()),
      ExitCode: v.number(),
    }),
    errors: ['ImageNotFound'],
    statuses: { codes: { ImageNotFound: 404 }, others: 500 },
  }),
}

/** An OCI artifact of the store. Sizes are bytes. */
export const Artifact = v.object({
  Manifest: v.looseObject({
    schemaVersion: v.number(),
    mediaType: v.optional(v.string()),
    artifactType: v.optional(v.string()),
    config: Anything,
    layers: v.array(v.looseObject({})),
  }),
  Name: v.string(),
  Digest: v.string(),
})

export const artifactOperations = {
  'artifact.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/artifacts/json',
    summary: 'List artifacts',
    input: v.object({}),
    output: v.array(Artifact),
    errors: [],
  }),
  'artifact.pull': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/artifacts/pull',
    summary: 'Pull an artifact from a registry',
    input: v.object({ name: Name, quiet: Off, ...registryAccess }),
    headers: registryHeaders,
    output: TransferProgress,
    errors: [...registryErrors, 'ManifestInvalid', 'DigestMismatch', 'SizeMismatch', 'DiskFull'],
  }),
  'artifact.add': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/artifacts/add',
    summary: 'Make an artifact from a file, or add the file to one',
    input: v.object({
      name: Name,
      fileName: Name,
      fileMIMEType: v.optional(v.string()),
      artifactMIMEType: v.optional(v.string()),
      annotations: v.optional(Texts, []),
      append: Off,
    }),
    body: 'bytes',
    output: v.object({ ArtifactDigest: v.string() }),
    status: 201,
    errors: ['ImageReferenceInvalid', 'ImageExists', 'ImageNotFound', 'DiskFull'],
  }),
  'artifact.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/artifacts/{name:.*}/json',
    summary: 'Show an artifact in full',
    input: v.object({ name: Name }),
    output: Artifact,
    errors: ['ImageNotFound'],
  }),
  'artifact.push': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/artifacts/{name:.*}/push',
    summary: 'Push an artifact to a registry',
    input: v.object({ name: Name, quiet: Off, ...signingChoice, ...registryAccess }),
    headers: registryHeaders,
    output: TransferProgress,
    errors: ['ImageNotFound', ...registryErrors],
  }),
  'artifact.extract': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/artifacts/{name:.*}/extract',
    summary: 'The files of an artifact, as a tar archive',
    input: v.object({ name: Name, title: v.optional(v.string()), digest: v.optional(v.string()), excludeTitle: Off }),
    format: 'bytes',
    output: Anything,
    errors: ['ImageNotFound', 'NotFound'],
  }),
  'artifact.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/artifacts/{name:.*}',
    summary: 'Remove an artifact',
    input: v.object({ name: Name }),
    output: v.object({ ArtifactDigests: v.array(v.string()) }),
    errors: ['ImageNotFound'],
  }),
}
