import * as v from 'valibot'

import { Integer, Name, Off, TextMap, Texts } from '../fields.ts'
import { operation } from '../operation.ts'
import { compressionChoice, registryErrors, TransferProgress } from '../registry-access.ts'
import { bothSides, bothSidesHeaders, manifestFormat, platformChoice, signingChoice, trustChoice } from './options.ts'

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

/** Copies between any two places. */
export const copyOperations = {
  'image.copy': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/images/copy',
    summary: 'Copy an image between registries, stores, folders and archives',
    audit: { object: ['source', 'destination'] },
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
    output: () => TransferProgress,
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
    audit: { object: ['source', 'destination'] },
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
    output: () => SyncProgress,
    errors: [...registryErrors, 'InvalidArgument', 'NotFound', 'NotSupported', 'ManifestInvalid', 'DigestMismatch', 'DiskFull'],
  }),
}
