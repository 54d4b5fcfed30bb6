import * as v from 'valibot'

import { Name, Off } from '../fields.ts'
import { operation } from '../operation.ts'
import { registriesOnly, registryAccess, registryLogins } from '../registry-access.ts'

/** One step of a pull. Libpod's clients read `stream`, `error`, `images` and `id`; `layer` is ours. Sizes are bytes. */
export const PullProgress = v.object({
  stream: v.optional(v.string()),
  error: v.optional(v.string()),
  cause: v.optional(v.string()),
  images: v.optional(v.array(v.string())),
  id: v.optional(v.string()),
  layer: v.optional(
    v.object({
      digest: v.string(),
      phase: v.picklist(['waiting', 'downloading', 'unpacking', 'done', 'exists']),
      current: v.number(),
      total: v.number(),
    }),
  ),
})

/** When an existing image is pulled again; libpod reads it in any case, and nothing as `always`. */
const PullPolicy = v.pipe(
  v.string(),
  v.transform((policy) => policy.toLowerCase() || 'always'),
  v.picklist(['always', 'missing', 'newer', 'never', 'ifnotpresent']),
)

/** Pulls. */
export const pullOperations = {
  'image.pull': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/images/pull',
    summary: 'Pull an image from a registry',
    audit: { object: ['reference'] },
    task: { object: ['reference'] },
    input: v.object({
      reference: Name,
      policy: v.optional(PullPolicy),
      quiet: Off,
      allTags: Off,
      Arch: v.optional(v.string()),
      OS: v.optional(v.string()),
      Variant: v.optional(v.string()),
      ...registryAccess,
    }),
    ...registryLogins,
    imageNames: ['reference'],
    output: () => PullProgress,
    foreign: {
      refused: [registriesOnly('reference')],
      progress: { fields: ['stream', 'error', 'id', 'images'], without: ['layer'], firstByte: 'begin' },
    },
    errors: [
      'ImageReferenceInvalid',
      'ImageNameUnqualified',
      'ImageUnknown',
      'ImagePlatformMissing',
      'RegistryUnreachable',
      'RegistryCertificate',
      'RegistryUnauthorized',
      'RegistryBlocked',
      'RegistryProtocol',
      'RegistryThrottled',
      'ManifestInvalid',
      'DigestMismatch',
      'SizeMismatch',
      'LayerInvalid',
      'DiskFull',
      'Cancelled',
    ],
    statuses: { fields: { reference: 500 } },
  }),
}
