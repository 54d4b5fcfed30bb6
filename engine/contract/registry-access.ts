import * as v from 'valibot'

import { Flag, Integer } from './fields.ts'
import type { Refusal } from './operation.ts'

/** Access to a registry: fields of every operation that talks to one. */
export const registryAccess = {
  /** Overrides registries.conf on plain HTTP and unknown certificates. */
  tlsVerify: v.optional(Flag),
  /** Retries of a request that failed temporarily. */
  retry: v.optional(Integer),
  /** A duration such as `2s`. */
  retryDelay: v.optional(v.string()),
  /** `user:password`, from the X-Registry-Auth header over REST; never in a query string. */
  credentials: v.optional(v.string()),
  authfile: v.optional(v.string()),
  certDir: v.optional(v.string()),
}

/** The header that carries the credentials of {@link registryAccess}. */
export const registryHeaders = { credentials: { name: 'X-Registry-Auth', form: 'login' } } as const

/** How logins reach an operation with {@link registryAccess}. */
export const registryLogins = { headers: registryHeaders, loginFile: 'authfile' } as const

/** How the layers that are sent are compressed; as they are kept, where nothing is given. */
export const compressionChoice = {
  /** Libpod's clients send an empty one for none. */
  compressionFormat: v.optional(v.picklist(['gzip', 'zstd', 'zstd:chunked', ''])),
  compressionLevel: v.optional(Integer),
  /** Sends no layer that the destination has in another compression. */
  forceCompressionFormat: v.optional(Flag),
}

/** One layer or blob of a transfer. Sizes are bytes. */
export const BlobProgress = v.object({
  digest: v.string(),
  phase: v.picklist(['waiting', 'downloading', 'unpacking', 'uploading', 'done', 'exists', 'mounted']),
  current: v.number(),
  total: v.number(),
})
export type BlobProgress = v.InferOutput<typeof BlobProgress>

/** One step of a transfer. Libpod's clients read `stream`, `manifestdigest` and `error`; `layer` is ours. */
export const TransferProgress = v.object({
  stream: v.optional(v.string()),
  /** The digest of what was written at the other side, once, at the end. */
  manifestdigest: v.optional(v.string()),
  error: v.optional(v.string()),
  cause: v.optional(v.string()),
  layer: v.optional(BlobProgress),
})

/** What libpod's clients read of a transfer to the other side. */
export const knownTransfer = { fields: ['stream', 'error', 'manifestdigest'], without: ['layer'] } as const

/** Clients must not read or write files on the engine's host by name: only registries may be named in this field. */
export const registriesOnly = (field: string): Refusal => ({
  fields: [field],
  values: /^(containers-storage|dir|docker-archive|docker-daemon|oci|oci-archive|sif|tarball):/,
  message: 'unsupported transport {found} in "{value}": only docker transport is supported',
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
