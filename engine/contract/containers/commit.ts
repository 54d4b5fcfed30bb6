import * as v from 'valibot'

import { Anything, Name, Off, Texts } from '../fields.ts'
import { operation } from '../operation.ts'

/** Formats of a committed image's manifest and configuration. */
export const CommitFormat = v.picklist(['oci', 'docker'])

const input = v.object({
  container: Name,
  /** The image's name; without it the image has none. */
  repo: v.optional(v.string()),
  tag: v.optional(v.string()),
  author: v.optional(v.string()),
  /** Instructions of a Dockerfile, `INSTRUCTION VALUE` or `INSTRUCTION=VALUE`. */
  changes: v.optional(Texts, []),
  /** Only with the format docker. */
  comment: v.optional(v.string()),
  format: v.optional(CommitFormat, 'oci'),
  /** Freezes the container meanwhile. */
  pause: Off,
  /** One layer of everything, instead of one more. */
  squash: Off,
  /** What the container mounts becomes volumes of the image. */
  includeVolumes: Off,
})

/** Fields of an image's configuration (Docker's spelling) that replace the container's. */
const body = v.nullable(v.record(v.string(), Anything))

const errors = [
  'ContainerNotFound',
  'ContainerStateInvalid',
  'ImageReferenceInvalid',
  'InvalidArgument',
  'NotSupported',
  'DiskFull',
] as const

const statuses = { fields: { format: 500 }, codes: { ContainerNotFound: 404, ContainerStateInvalid: 409 }, others: 500 } as const

/** Images made from containers. */
export const commitOperations = {
  'container.commitProgress': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/commit',
    fixed: { stream: 'true' },
    summary: 'Make an image of what a container changed, and report the steps',
    audit: { object: ['container'] },
    input,
    body,
    output: () => v.object({ stream: v.optional(v.string()), error: v.optional(v.string()) }),
    firstByte: 'item',
    errors,
    statuses,
  }),
  'container.commit': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/commit',
    summary: 'Make an image of what a container changed',
    audit: { object: ['container'], made: 'Id' },
    input,
    body,
    output: () => v.object({ Id: v.string() }),
    errors,
    statuses,
  }),
}
