import * as v from 'valibot'

import { Anything, Name, Nothing, Off, On, Texts } from '../fields.ts'
import { operation } from '../operation.ts'
import { registryErrors } from '../registry-access.ts'
import { platformChoice, remoteAccess, remoteLogins } from './options.ts'

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

/** Images elsewhere, without fetching them. */
export const remoteImageOperations = {
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
    ...remoteLogins,
    output: () => RemoteInspect,
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
    ...remoteLogins,
    format: 'bytes',
    output: () => Anything,
    firstByte: 'item',
    errors: [...registryErrors, 'ManifestInvalid', 'ArchiveInvalid', 'ImagePlatformMissing'],
  }),
  'image.remoteTags': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/remote/tags',
    summary: 'The tags of a repository, or the names in an archive',
    extension: true,
    input: v.object({ reference: Name, ...remoteAccess }),
    ...remoteLogins,
    output: () => v.object({ Repository: v.optional(v.string()), Tags: v.array(v.string()) }),
    errors: [...registryErrors, 'ArchiveInvalid'],
  }),
  'image.remoteDelete': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/images/remote',
    summary: 'Delete an image at a registry or in a layout',
    audit: { object: ['reference'] },
    extension: true,
    input: v.object({ reference: Name, ...remoteAccess }),
    ...remoteLogins,
    output: () => Nothing,
    errors: [...registryErrors, 'NotSupported'],
  }),
  'image.updates': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/images/updates',
    summary: 'Whether a newer image is at the registry, by digest, for images of the store; an item each, as answers come',
    extension: true,
    input: v.object({ names: v.optional(Texts, []), cached: On }),
    output: () =>
      v.object({
        name: v.string(),
        id: v.string(),
        status: v.picklist(['current', 'newer', 'unknown']),
        /** The digest at the registry. */
        digest: v.optional(v.string()),
        /** Why it is unknown, in a sentence. */
        reason: v.optional(v.string()),
        /** The same as an error's code; `LocalImage` for one that was made on this host and is at no registry. */
        code: v.optional(v.string()),
        /** Seconds since 1970. */
        checked: v.number(),
      }),
    errors: ['ImageNotFound'],
  }),
}
