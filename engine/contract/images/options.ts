import * as v from 'valibot'

import { Flag, Off } from '../fields.ts'
import { registryAccess, registryHeaders, registryLogins } from '../registry-access.ts'

/** Libpod's clients send an empty one for none. */
export const manifestFormat = v.optional(v.picklist(['oci', 'v2s2', 'v2s1', '']))

/** What decides how signatures are made on the way. Files hold the secrets; they are named, never sent. */
export const signingChoice = {
  removeSignatures: Off,
  /** A gpg key's fingerprint or user id. */
  signBy: v.optional(v.string()),
  signBySigstorePrivateKey: v.optional(v.string()),
  signBySigstore: v.optional(v.string()),
  signPassphraseFile: v.optional(v.string()),
}

export const platformChoice = { os: v.optional(v.string()), arch: v.optional(v.string()), variant: v.optional(v.string()) }

/** Access to the two sides of a copy. */
export const bothSides = {
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
  /** Uses no login there. */
  srcAnonymous: Off,
  destAnonymous: Off,
  retry: registryAccess.retry,
  retryDelay: registryAccess.retryDelay,
}

/** Their secrets travel in headers. */
export const bothSidesHeaders = {
  srcCredentials: { name: 'X-Berth-Source-Auth', form: 'login' },
  destCredentials: { name: 'X-Berth-Destination-Auth', form: 'login' },
  srcRegistryToken: { name: 'X-Berth-Source-Token', form: 'token' },
  destRegistryToken: { name: 'X-Berth-Destination-Token', form: 'token' },
} as const

/** The policy.json that decides what may be copied. */
export const trustChoice = {
  /** Another file than the usual one. */
  policy: v.optional(v.string()),
  /** None: accepts everything. */
  insecurePolicy: Off,
}

/** Access to the registry of a remote image. */
export const remoteAccess = { ...registryAccess, anonymous: Off, registryToken: v.optional(v.string()) }

/** The headers of its secrets, and the file of logins. */
export const remoteLogins = {
  ...registryLogins,
  headers: { ...registryHeaders, registryToken: { name: 'X-Berth-Source-Token', form: 'token' } },
} as const
