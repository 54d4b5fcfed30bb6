import * as v from 'valibot'

import { Flag, Integer } from './fields.ts'

/** How a registry is reached: fields that every operation has which speaks to one. */
export const registryAccess = {
  /** Overrides what registries.conf says of plain HTTP and unknown certificates. */
  tlsVerify: v.optional(Flag),
  /** How often a request that failed in passing is tried again. */
  retry: v.optional(Integer),
  /** A duration such as `2s`. */
  retryDelay: v.optional(v.string()),
  /** `user:password`, from the X-Registry-Auth header over REST; never in a query string. */
  credentials: v.optional(v.string()),
  authfile: v.optional(v.string()),
  certDir: v.optional(v.string()),
}

/** The header that carries the credentials of {@link registryAccess}. */
export const registryHeaders = { credentials: 'X-Registry-Auth' } as const

/** How the layers that are sent are compressed; as they are kept, where nothing is given. */
export const compressionChoice = {
  /** Libpod's clients send an empty one for none. */
  compressionFormat: v.optional(v.picklist(['gzip', 'zstd', 'zstd:chunked', ''])),
  compressionLevel: v.optional(Integer),
  /** Sends no layer that the other side has in another compression. */
  forceCompressionFormat: v.optional(Flag),
}

/** One layer or blob of a transfer. Sizes are bytes. */
export const BlobProgress = v.object({
  digest: v.string(),
  phase: v.picklist(['waiting', 'downloading', 'unpacking', 'uploading', 'done', 'exists', 'mounted']),
  current: v.number(),
  total: v.number(),
})

/** One step of a transfer. Libpod's clients read `stream`, `manifestdigest` and `error`; `layer` is ours. */
export const TransferProgress = v.object({
  stream: v.optional(v.string()),
  /** The digest of what was written at the other side, once, at the end. */
  manifestdigest: v.optional(v.string()),
  error: v.optional(v.string()),
  cause: v.optional(v.string()),
  layer: v.optional(BlobProgress),
})

/** What every operation that speaks to a registry may fail with. */
export const registryErrors = [
  'ImageReferenceInvalid',
  'ImageUnknown',
  'RegistryUnreachable',
  'RegistryCertificate',
  'RegistryUnauthorized',
  'RegistryBlocked',
  'RegistryProtocol',
  'RegistryThrottled',
  'CredentialHelperFailed',
  'Cancelled',
] as const
