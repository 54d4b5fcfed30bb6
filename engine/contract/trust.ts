import * as v from 'valibot'

import { Name, Nothing, Off, Texts } from './fields.ts'
import { operation } from './operation.ts'
import { registryAccess, registryErrors, registryLogins } from './registry-access.ts'

const signatureErrors = ['InvalidArgument', 'SignatureInvalid', 'ProgramMissing', 'ProgramFailed'] as const

export const trustOperations = {
  'trust.show': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/trust/json',
    summary: 'Which images policy.json lets in, and by which keys',
    extension: true,
    input: v.object({
      registry: v.optional(v.string()),
      policyPath: v.optional(v.string()),
      registryPath: v.optional(v.string()),
    }),
    output: () =>
      v.object({
        File: v.string(),
        /** policy.json as it is. */
        Raw: v.string(),
        Policies: v.array(
          v.object({
            transport: v.string(),
            name: v.optional(v.string()),
            repo_name: v.optional(v.string()),
            type: v.string(),
            keys: v.optional(v.array(v.string())),
            sigstore: v.optional(v.string()),
            gpg_id: v.optional(v.string()),
          }),
        ),
      }),
    errors: ['PolicyInvalid'],
  }),
  'trust.set': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/trust',
    summary: 'Set which images of a registry or repository are let in',
    audit: { object: ['registry'] },
    extension: true,
    input: v.object({
      /** A scope of policy.json; `default` for all that has none. */
      registry: Name,
      type: v.optional(v.picklist(['signedBy', 'sigstoreSigned', 'accept', 'reject']), 'signedBy'),
      /** Files with public keys. */
      keys: v.optional(Texts, []),
      policyPath: v.optional(v.string()),
    }),
    output: () => Nothing,
    errors: ['PolicyInvalid', 'InvalidArgument', 'AccessDenied'],
  }),
  'image.sign': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/{name:.*}/sign',
    summary: 'Sign an image of a registry with gpg, into the lookaside store or a folder',
    extension: true,
    input: v.object({ name: Name, signBy: Name, directory: v.optional(v.string()), all: Off, ...registryAccess }),
    ...registryLogins,
    imageNames: ['name'],
    output: () => v.object({ Files: v.array(v.string()) }),
    errors: [...registryErrors, ...signatureErrors, 'NotSupported'],
  }),
  'signature.make': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/signatures/make',
    summary: 'Sign a manifest in a file, into a file',
    audit: { object: ['reference'] },
    extension: true,
    input: v.object({ manifest: Name, reference: Name, key: Name, output: Name, passphraseFile: v.optional(v.string()) }),
    output: () => Nothing,
    errors: signatureErrors,
  }),
  'signature.verify': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/signatures/verify',
    summary: 'Verify the signature of a manifest, both in files',
    audit: false,
    extension: true,
    input: v.object({
      manifest: Name,
      reference: Name,
      /** Fingerprints of keys, separated by commas, or `any` together with a file of keys. */
      fingerprints: Name,
      signature: Name,
      publicKeyFile: v.optional(v.string()),
    }),
    output: () => v.object({ Fingerprint: v.string(), Digest: v.string() }),
    errors: signatureErrors,
  }),
  'signature.generateKey': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/signatures/key',
    summary: 'Make a key pair for sigstore signatures, as two files',
    audit: { object: ['outputPrefix'] },
    extension: true,
    input: v.object({ outputPrefix: Name, passphraseFile: v.optional(v.string()) }),
    output: () => v.object({ PrivateKey: v.string(), PublicKey: v.string() }),
    errors: ['InvalidArgument', 'AccessDenied'],
  }),
}
