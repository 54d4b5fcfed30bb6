export { identityMatches, type IdentityRule } from './identity.ts'
export { makePayload, parsePayload, type SignedClaim } from './payload.ts'
export {
  type KeySource,
  parsePolicy,
  pathScopes,
  type Policy,
  registryScopes,
  type Requirement,
  requirementsFor,
} from './policy.ts'
export {
  encodeSignature,
  maxSignatureBytes,
  maxSignatures,
  parseSignature,
  type Signature,
  sigstoreAnnotation,
  sigstoreMimeType,
  type SigstoreSignature,
  type SimpleSignature,
} from './signature.ts'
export { generateSigstoreKey, isSignedByOneOf, openSigstoreKey, readPublicKey, signPayload } from './sigstore-key.ts'
