import * as v from 'valibot'

import { Anything, Name, Off, Texts } from '../fields.ts'
import { operation } from '../operation.ts'

/** Archive and folder formats of `save`. */
export const SaveFormat = v.picklist(['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'])

/** Images in files. */
export const imageArchiveOperations = {
  'image.get': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/images/{name:.*}/get',
    summary: 'Save one image as an archive',
    input: v.object({ name: Name, format: v.optional(SaveFormat, 'docker-archive'), compress: Off }),
    format: 'bytes',
    imageNames: ['name'],
    output: () => Anything,
    foreign: { defaults: { format: 'oci-archive' } },
    firstByte: 'item',
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
    imageNames: ['references'],
    output: () => Anything,
    foreign: { defaults: { format: 'oci-archive' } },
    firstByte: 'item',
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
    output: () => v.object({ Names: v.array(v.string()) }),
    errors: ['ArchiveInvalid', 'ManifestInvalid', 'DigestMismatch', 'LayerInvalid', 'TooLarge', 'DiskFull'],
    statuses: { others: 500 },
  }),
  'image.loadLocal': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/local/images/load',
    summary: 'Load images from a file or folder of the engine’s host',
    audit: { object: ['path'] },
    task: { object: ['path'] },
    input: v.object({ path: Name }),
    output: () => v.object({ Names: v.array(v.string()) }),
    errors: ['NotFound', 'ArchiveInvalid', 'ManifestInvalid', 'DigestMismatch', 'LayerInvalid', 'TooLarge', 'DiskFull'],
  }),
  'image.import': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/import',
    summary: 'Make an image of one layer from an archive of a file system',
    audit: { object: ['reference'] },
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
    imageNames: ['reference'],
    output: () => v.object({ Id: v.string() }),
    errors: ['ArchiveInvalid', 'InvalidArgument', 'ImageReferenceInvalid', 'LayerInvalid', 'TooLarge', 'DiskFull'],
    statuses: { others: 500 },
  }),
}
