import * as v from 'valibot'

import { Anything, Name, Off, Texts } from './fields.ts'
import { operation } from './operation.ts'
import { knownTransfer, registryAccess, registryErrors, registryLogins, TransferProgress } from './registry-access.ts'
import { signingChoice } from './images/options.ts'

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
    output: () => v.array(Artifact),
    errors: [],
  }),
  'artifact.pull': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/artifacts/pull',
    summary: 'Pull an artifact from a registry',
    audit: { object: ['name'] },
    input: v.object({ name: Name, quiet: Off, ...registryAccess }),
    ...registryLogins,
    output: () => TransferProgress,
    foreign: { progress: knownTransfer },
    errors: [...registryErrors, 'ManifestInvalid', 'DigestMismatch', 'SizeMismatch', 'DiskFull'],
  }),
  'artifact.add': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/artifacts/add',
    summary: 'Make an artifact from a file, or add the file to one',
    audit: { object: ['name'] },
    input: v.object({
      name: Name,
      fileName: Name,
      fileMIMEType: v.optional(v.string()),
      artifactMIMEType: v.optional(v.string()),
      annotations: v.optional(Texts, []),
      append: Off,
    }),
    body: 'bytes',
    output: () => v.object({ ArtifactDigest: v.string() }),
    status: 201,
    errors: ['ImageReferenceInvalid', 'ImageExists', 'ImageNotFound', 'DiskFull'],
  }),
  'artifact.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/artifacts/{name:.*}/json',
    summary: 'Show an artifact in full',
    input: v.object({ name: Name }),
    output: () => Artifact,
    errors: ['ImageNotFound'],
  }),
  'artifact.push': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/artifacts/{name:.*}/push',
    summary: 'Push an artifact to a registry',
    input: v.object({ name: Name, quiet: Off, ...signingChoice, ...registryAccess }),
    ...registryLogins,
    output: () => TransferProgress,
    foreign: { progress: knownTransfer },
    errors: ['ImageNotFound', ...registryErrors],
  }),
  'artifact.extract': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/artifacts/{name:.*}/extract',
    summary: 'The files of an artifact, as a tar archive',
    input: v.object({ name: Name, title: v.optional(v.string()), digest: v.optional(v.string()), excludeTitle: Off }),
    format: 'bytes',
    output: () => Anything,
    firstByte: 'item',
    errors: ['ImageNotFound', 'NotFound'],
  }),
  'artifact.removeMany': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/artifacts/remove',
    summary: 'Remove several artifacts, or all',
    audit: { object: ['artifacts'] },
    input: v.object({
      artifacts: v.optional(Texts, []),
      all: Off,
      /** Those that are missing are left out. */
      ignore: Off,
    }),
    output: () => v.object({ ArtifactDigests: v.array(v.string()) }),
    errors: ['ImageNotFound', 'InvalidArgument'],
  }),
  'artifact.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/artifacts/{name:.*}',
    summary: 'Remove an artifact',
    input: v.object({ name: Name }),
    output: () => v.object({ ArtifactDigests: v.array(v.string()) }),
    errors: ['ImageNotFound'],
  }),
}
