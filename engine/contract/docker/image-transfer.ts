import * as v from 'valibot'

import { Anything, Name, Texts } from '../fields.ts'
import { registryErrors } from '../registry-access.ts'
import { dockerOperation } from './docker-operation.ts'
import { login, loginHeader, platform, Text } from './parameters.ts'

/** One line of a pull, push or load. Sizes in `progressDetail` are bytes. */
export const DockerProgress = v.object({
  status: v.optional(v.string()),
  /** Of a layer: the beginning of its digest; of a pull: the tag. */
  id: v.optional(v.string()),
  progressDetail: v.optional(v.object({ current: v.optional(v.number()), total: v.optional(v.number()) })),
  progress: v.optional(v.string()),
  stream: v.optional(v.string()),
  aux: v.optional(v.object({ Tag: v.string(), Digest: v.string() })),
  error: v.optional(v.string()),
  errorDetail: v.optional(v.object({ message: v.string() })),
})

const archive = { format: 'bytes', mediaType: 'application/x-tar', firstByte: 'item' } as const

/** By these statuses clients distinguish a missing image from a broken network. */
const createStatuses = { codes: { ImageUnknown: 404, InvalidArgument: 400 }, others: 500 } as const

export const dockerImageTransferOperations = {
  'docker.image.pull': dockerOperation({
    kind: 'stream',
    method: 'POST',
    path: '/images/create',
    given: 'fromImage',
    summary: 'Pull an image, or all tags of a repository, from a registry',
    input: v.object({ fromImage: Name, tag: Text, ...platform, ...login }),
    headers: loginHeader,
    output: () => DockerProgress,
    firstByte: 'item',
    errors: registryErrors,
    statuses: createStatuses,
  }),
  'docker.image.import': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/images/create',
    given: 'fromSrc',
    summary: 'Make an image of one layer from an archive of a file system',
    input: v.object({
      /** `-` is the body; anything else is the archive's URL. */
      fromSrc: Name,
      repo: Text,
      tag: Text,
      message: Text,
      changes: v.optional(Texts, []),
      ...platform,
    }),
    body: 'bytes',
    output: () => v.object({ status: v.string(), progressDetail: v.object({}) }),
    errors: ['ArchiveInvalid', 'InvalidArgument', 'ImageReferenceInvalid', 'LayerInvalid', 'TooLarge', 'DiskFull'],
    statuses: { ...createStatuses, refused: { changes: 500 } },
  }),
  'docker.image.push': dockerOperation({
    kind: 'stream',
    method: 'POST',
    path: '/images/{name:.*}/push',
    summary: 'Push an image, or all tags of a repository, to a registry',
    input: v.object({ name: Name, tag: Text, ...login }),
    imageNames: ['name'],
    headers: loginHeader,
    output: () => DockerProgress,
    errors: ['ImageNotFound', ...registryErrors],
    statuses: { codes: { ImageReferenceInvalid: 400 } },
  }),
  'docker.image.export': dockerOperation({
    kind: 'stream',
    method: 'GET',
    path: '/images/get',
    summary: 'Save several images as one archive',
    input: v.object({ names: v.optional(Texts, []) }),
    ...archive,
    output: () => Anything,
    errors: ['ImageNotFound', 'InvalidArgument'],
    statuses: { codes: { InvalidArgument: 400 }, others: 500 },
  }),
  'docker.image.get': dockerOperation({
    kind: 'stream',
    method: 'GET',
    path: '/images/{name:.*}/get',
    summary: 'Save one image as an archive',
    input: v.object({ name: Name }),
    imageNames: ['name'],
    ...archive,
    output: () => Anything,
    errors: ['ImageNotFound', 'ImageReferenceInvalid'],
    statuses: { codes: { ImageReferenceInvalid: 500 } },
  }),
  'docker.image.load': dockerOperation({
    kind: 'stream',
    method: 'POST',
    path: '/images/load',
    summary: 'Load images from an archive that save made',
    input: v.object({}),
    body: 'bytes',
    output: () => DockerProgress,
    firstByte: 'item',
    errors: ['ArchiveInvalid', 'ManifestInvalid', 'DigestMismatch', 'LayerInvalid', 'TooLarge', 'DiskFull'],
    statuses: { others: 500 },
  }),
}
