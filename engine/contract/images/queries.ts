import * as v from 'valibot'

import { Filters, listOrNull, Name, Nothing, Off } from '../fields.ts'
import { operation } from '../operation.ts'
import { FileChanges, ImageInspect, ImageSummary } from './shapes.ts'

/** Operations that read images of the store. */
export const imageQueries = {
  'image.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/json',
    summary: 'List images',
    input: v.object({ all: Off, filters: v.optional(Filters, {}) }),
    output: () => v.array(ImageSummary),
    errors: [],
    statuses: { fields: { filters: 500 }, others: 500 },
  }),
  'image.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/json',
    summary: 'Show an image in full',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () => ImageInspect,
    errors: ['ImageNotFound'],
  }),
  'image.exists': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/exists',
    summary: 'Check whether an image is in the local store',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () => Nothing,
    errors: ['ImageNotFound', 'ImageReferenceInvalid'],
  }),
  'image.history': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/history',
    summary: 'The steps an image was made in, newest first',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () =>
      v.array(
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
    statuses: { codes: { ImageReferenceInvalid: 500 } },
  }),
  'image.tree': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/tree',
    summary: 'The layers of an image as a tree, drawn for people',
    input: v.object({ name: Name, whatrequires: Off }),
    imageNames: ['name'],
    output: () => v.object({ Tree: v.string() }),
    errors: ['ImageNotFound'],
    statuses: { codes: { ImageReferenceInvalid: 500 } },
  }),
  'image.layers': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/{name:.*}/layers',
    summary: 'The layers of an image, lowest first, with the images that share each',
    extension: true,
    input: v.object({ name: Name }),
    imageNames: ['name'],
    output: () =>
      v.array(
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
    imageNames: ['name', 'parent'],
    output: () => FileChanges,
    errors: ['ImageNotFound'],
    statuses: { others: 500 },
  }),
  'image.mounts': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/images/mounts',
    summary: 'List mounted images',
    extension: true,
    input: v.object({}),
    output: () =>
      v.array(v.object({ Id: v.string(), Names: v.array(v.string()), Repositories: v.array(v.string()), Path: v.string() })),
    errors: [],
  }),
}
