import * as v from 'valibot'

import { Anything, Flag, Integer, Name, Nothing, Off, On, TextMap, Texts } from './fields.ts'
import { operation } from './operation.ts'
import { compressionChoice, registryAccess, registryErrors, registryHeaders, TransferProgress } from './registry-access.ts'

/** Libpod's clients send an empty one for none. */
const manifestFormat = v.optional(v.picklist(['oci', 'v2s2', 'v2s1', '']))

/** Archive and folder formats of `save`. */
export const SaveFormat = v.picklist(['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'])

/** What decides how signatures are made on the way. Files hold the secrets; they are named, never sent. */
export const signingChoice = {
  removeSignatures: Off,
  /** A gpg key's fingerprint or user id. */
  signBy: v.optional(v.string()),
  signBySigstorePrivateKey: v.optional(v.string()),
  signBySigstore: v.optional(v.string()),
  signPassphraseFile: v.optional(v.string()),
}

/** What an image is at a registry or in an archive, without being fetched; as `skopeo inspect` has it. */
export const RemoteInspect = v.object({
  Name: v.optional(v.string()),
  Tag: v.optional(v.string()),
  Digest: v.string(),
  RepoTags: v.array(v.string()),
  Created: v.nullable(v.string()),
  DockerVersion: v.string(),
  Labels: v.nullable(v.record(v.string(), v.string())),
  Architecture: v.string(),
  Variant: v.optional(v.string()),
  Os: v.string(),
  Layers: v.nullable(v.array(v.string())),
  LayersData: v.nullable(
    v.array(
      v.object({
        MIMEType: v.string(),
        Digest: v.string(),
        Size: v.number(),
        Annotations: v.nullable(v.record(v.string(), v.string())),
      }),
    ),
  ),
  Env: v.nullable(v.array(v.string())),
})

/** Access to the two sides of a copy. */
const bothSides = {
  srcTlsVerify: v.optional(Flag),
  destTlsVerify: v.optional(Flag),
  srcAuthfile: v.optional(v.string()),
  destAuthfile: v.optional(v.string()),
  srcCertDir: v.optional(v.string()),
  destCertDir: v.optional(v.string()),
  srcCredentials: v.optional(v.string()),
  destCredentials: v.optional(v.string()),
  srcRegistryToken: v.optional(v.string()),
  destRegistryToken: v.optional(v.string()),
  srcDaemonHost: v.optional(v.string()),
  destDaemonHost: v.optional(v.string()),
  srcSharedBlobDir: v.optional(v.string()),
  destSharedBlobDir: v.optional(v.string()),
  /** Looks for no login there. */
  srcAnonymous: Off,
  destAnonymous: Off,
  retry: registryAccess.retry,
  retryDelay: registryAccess.retryDelay,
}

/** Which policy.json decides what may be copied. */
const trustChoice = {
  /** Another file than the usual one. */
  policy: v.optional(v.string()),
  /** None: lets everything in. */
  insecurePolicy: Off,
}

const bothSidesHeaders = {
  srcCredentials: 'X-Berth-Source-Auth',
  destCredentials: 'X-Berth-Destination-Auth',
  srcRegistryToken: 'X-Berth-Source-Token',
  destRegistryToken: 'X-Berth-Destination-Token',
} as const

/** How the registry of an image elsewhere is reached. */
const remoteAccess = { ...registryAccess, anonymous: Off, registryToken: v.optional(v.string()) }
const remoteHeaders = { ...registryHeaders, registryToken: 'X-Berth-Source-Token' } as const

/** One step of a sync: beside those of each copy, what is done with which image. */
const SyncProgress = v.object({
  ...TransferProgress.entries,
  notice: v.optional(
    v.object({
      level: v.picklist(['info', 'warning', 'error']),
      message: v.string(),
      /** What it is about: `from`, `to`, `registry`, `repo` … */
      fields: TextMap,
    }),
  ),
  /** An image that has been copied. */
  synced: v.optional(v.object({ source: v.string(), destination: v.string(), digest: v.string() })),
})

const platformChoice = { os: v.optional(v.string()), arch: v.optional(v.string()), variant: v.optional(v.string()) }

export const imageTransferOperations = {
  'image.push': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/images/{name:.*}/push',
    summary: 'Push an image to a registry, or to another place',
    input: v.object({
      name: Name,
      /** The image's own name, where not given; with a transport (`oci-archive:/tmp/x.tar`) anywhere. */
      destination: v.optional(v.string()),
      format: manifestFormat,
      ...compressionChoice,
      ...signingChoice,
      /** For a manifest list: its images too. */
      all: Off,
      /** Compresses layers that are written to a folder (`dir:`). */
      compress: Off,
      quiet: Off,
      ...registryAccess,
    }),
    headers: registryHeaders,
    output: TransferProgress,
    errors: ['ImageNotFound', ...registryErrors, 'NotSupported', 'StoreCorrupt', 'DiskFull'],
    statuses: { others: 400 },
  }),
  'image.get': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/images/{name:.*}/get',
    summary: 'Save one image as an archive',
    input: v.object({ name: Name, format: v.optional(SaveFormat, 'docker-archive'), compress: Off }),
    format: 'bytes',
    output: Anything,
    errors: ['ImageNotFound', 'InvalidArgument', 'NotSupported', 'StoreCorrupt', 'DiskFull'],
    statuses: { fields: { format: 500 }, codes: { ImageReferenceInvalid: 500 } },
  }),
  'image.export': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/images/export',
    summary: 'Save several images, or one with several names, as one archive',
    input: v.object({
      references: Texts,
      format: v.optional(SaveFormat, 'docker-archive'),
      compress: Off,
      ociAcceptUncompressedLayers: Off,
      /** More names in the archive for the one image. */
      additionalTags: v.optional(Texts, []),
    }),
    format: 'bytes',
    output: Anything,
    errors: ['ImageNotFound', 'InvalidArgument', 'NotSupported', 'StoreCorrupt', 'DiskFull'],
    statuses: { fields: { format: 500 }, codes: { ImageNotFound: 400 }, others: 500 },
  }),
  'image.load': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/load',
    summary: 'Load images from an archive that save made, in any of its formats, compressed or not',
    input: v.object({}),
    body: 'bytes',
    output: v.object({ Names: v.array(v.string()) }),
    errors: ['ArchiveInvalid', 'ManifestInvalid', 'DigestMismatch', 'LayerInvalid', 'TooLarge', 'DiskFull'],
    statuses: { others: 500 },
  }),
  'image.loadLocal': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/local/images/load',
    summary: 'Load images from a file or folder of the engine’s host',
    input: v.object({ path: Name }),
    output: v.object({ Names: v.array(v.string()) }),
    errors: ['NotFound', 'ArchiveInvalid', 'ManifestInvalid', 'DigestMismatch', 'LayerInvalid', 'TooLarge', 'DiskFull'],
  }),
  'image.import': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/import',
    summary: 'Make an image of one layer from an archive of a file system',
    input: v.object({
      changes: v.optional(Texts, []),
      message: v.optional(v.string()),
      reference: v.optional(v.string()),
      /** Where the archive is fetched from, instead of the body. */
      url: v.optional(v.string()),
      OS: v.optional(v.string()),
      Architecture: v.optional(v.string()),
      Variant: v.optional(v.string()),
      /** When the image was made, RFC 3339; now, where not given. */
      created: v.optional(
        v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/, 'is not an RFC 3339 time in UTC')),
      ),
    }),
    body: 'bytes',
    output: v.object({ Id: v.string() }),
    errors: ['ArchiveInvalid', 'InvalidArgument', 'ImageReferenceInvalid', 'LayerInvalid', 'TooLarge', 'DiskFull'],
    statuses: { others: 500 },
  }),
  'image.scp': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/scp/{name:.*}',
    summary: 'Copy an image to or from another host or another user',
    input: v.object({ name: Name, destination: v.optional(v.string()), quiet: Off }),
    output: v.object({ Id: v.string() }),
    errors: ['ImageNotFound', 'AccessDenied', 'NotSupported', 'ProgramFailed'],
  }),
  'image.copy': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/images/copy',
    summary: 'Copy an image between registries, stores, folders and archives',
    extension: true,
    input: v.object({
      /** With its transport: `docker://quay.io/a/b:c`, `oci:/srv/layout:tag`, `containers-storage:name` … */
      source: Name,
      destination: Name,
      /** Every image of a list. */
      all: Off,
      multiArch: v.optional(v.picklist(['system', 'all', 'index-only'])),
      format: manifestFormat,
      ...compressionChoice,
      ...signingChoice,
      /** The name that new signatures claim, where it is not the destination's. */
      signIdentity: v.optional(v.string()),
      preserveDigests: Off,
      additionalTags: v.optional(Texts, []),
      /** How many layers are sent at once; six, where not given. */
      parallelCopies: v.optional(v.pipe(Integer, v.minValue(1))),
      /** Layers in a folder (`dir:`) are compressed, or not. */
      destCompress: Off,
      destDecompress: Off,
      /** Keeps uncompressed layers in a layout (`oci:`) as they are. */
      destOciAcceptUncompressedLayers: Off,
      ...platformChoice,
      quiet: Off,
      ...trustChoice,
      ...bothSides,
    }),
    headers: bothSidesHeaders,
    output: TransferProgress,
    errors: [
      'ImageNotFound',
      ...registryErrors,
      'NotSupported',
      'ArchiveInvalid',
      'ManifestInvalid',
      'DigestMismatch',
      'SizeMismatch',
      'DiskFull',
    ],
  }),
  'image.sync': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/images/sync',
    summary: 'Copy all images of a repository, a folder or a list to another registry or folder',
    extension: true,
    input: v.object({
      source: Name,
      destination: Name,
      /** What the two are: a transport, or for the source a YAML file. */
      src: v.picklist(['docker', 'dir', 'yaml']),
      dest: v.picklist(['docker', 'dir']),
      all: Off,
      scoped: Off,
      appendSuffix: v.optional(v.string()),
      dryRun: Off,
      keepGoing: Off,
      format: manifestFormat,
      preserveDigests: Off,
      ...platformChoice,
      ...signingChoice,
      ...trustChoice,
      ...bothSides,
    }),
    headers: bothSidesHeaders,
    output: SyncProgress,
    errors: [...registryErrors, 'InvalidArgument', 'NotFound', 'NotSupported', 'ManifestInvalid', 'DigestMismatch', 'DiskFull'],
  }),
  'image.remoteInspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/remote/json',
    summary: 'Show an image at a registry, in an archive or in a folder, without fetching its layers',
    extension: true,
    input: v.object({
      reference: Name,
      noTags: Off,
      daemonHost: v.optional(v.string()),
      sharedBlobDir: v.optional(v.string()),
      ...platformChoice,
      ...remoteAccess,
    }),
    headers: remoteHeaders,
    output: RemoteInspect,
    errors: [...registryErrors, 'ManifestInvalid', 'ArchiveInvalid', 'ImagePlatformMissing'],
  }),
  'image.remoteRaw': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/images/remote/raw',
    summary: 'The manifest, or the configuration, of an image elsewhere, byte by byte',
    extension: true,
    input: v.object({
      reference: Name,
      config: Off,
      /** The configuration also of what is no image. */
      artifact: Off,
      daemonHost: v.optional(v.string()),
      sharedBlobDir: v.optional(v.string()),
      ...platformChoice,
      ...remoteAccess,
    }),
    headers: remoteHeaders,
    format: 'bytes',
    output: Anything,
    errors: [...registryErrors, 'ManifestInvalid', 'ArchiveInvalid', 'ImagePlatformMissing'],
  }),
  'image.remoteTags': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/remote/tags',
    summary: 'The tags of a repository, or the names in an archive',
    extension: true,
    input: v.object({ reference: Name, ...remoteAccess }),
    headers: remoteHeaders,
    output: v.object({ Repository: v.optional(v.string()), Tags: v.array(v.string()) }),
    errors: [...registryErrors, 'ArchiveInvalid'],
  }),
  'image.remoteDelete': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/images/remote',
    summary: 'Delete an image at a registry or in a layout',
    extension: true,
    input: v.object({ reference: Name, ...remoteAccess }),
    headers: remoteHeaders,
    output: Nothing,
    errors: [...registryErrors, 'NotSupported'],
  }),
  'image.updates': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/images/updates',
    summary: 'Whether a newer image is at the registry, by digest, for images of the store; an item each, as answers come',
    extension: true,
    input: v.object({ names: v.optional(Texts, []), cached: On }),
    output: v.object({
      name: v.string(),
      id: v.string(),
      status: v.picklist(['current', 'newer', 'unknown']),
      /** The digest at the registry. */
      digest: v.optional(v.string()),
      /** Why it is unknown, in a sentence. */
      reason: v.optional(v.string()),
      /** Seconds since 1970. */
      checked: v.number(),
    }),
    errors: ['ImageNotFound'],
  }),
}
