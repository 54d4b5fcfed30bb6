import { readFile } from 'node:fs/promises'

import { gpgVerify } from '../../../adapters/gpg.ts'
import { EngineError } from '../../../errors/index.ts'
import {
  type Digest,
  identityMatches,
  isSignedByOneOf,
  parsePayload,
  parseSignature,
  readPublicKey,
  type Reference,
  type Requirement,
  type Signature,
  type SignedClaim,
  sigstoreAnnotation,
} from '../../../image/index.ts'

/** An image to be checked against the policy. */
export interface Candidate {
  /** For messages. */
  name: string
  /** Its name at its source; folders and archives have none. */
  reference?: Reference
  /** Of the manifest that is about to be used. */
  digest: Digest
  signatures: () => Promise<readonly Uint8Array[]>
  signal?: AbortSignal
}

type SignedRequirement = Extract<Requirement, { type: 'signedBy' | 'sigstoreSigned' }>

/**
 * Accepts or rejects an image: each requirement must be met; one good signature suffices for each.
 * @throws EngineError SignatureRejected with the requirement and why each signature fails it, PolicyInvalid
 */
export async function requireAll(requirements: readonly Requirement[], candidate: Candidate): Promise<void> {
  let loaded: Promise<Signature[]> | undefined
  const signatures = (): Promise<Signature[]> => (loaded ??= candidate.signatures().then((list) => list.map(parseSignature)))
  for (const requirement of requirements) {
    if (requirement.type === 'insecureAcceptAnything') continue
    if (requirement.type === 'reject') throw rejected(candidate, 'policy.json rejects it')
    await requireSigned(requirement, candidate, await signatures())
  }
}

async function requireSigned(
  requirement: SignedRequirement,
  candidate: Candidate,
  signatures: readonly Signature[],
): Promise<void> {
  const format = requirement.type === 'signedBy' ? 'simple' : 'sigstore'
  const fitting = signatures.filter((signature) => signature.format === format)
  if (fitting.length === 0)
    throw rejected(candidate, `a signature was required, but no ${format === 'simple' ? 'gpg' : 'sigstore'} signature exists`)
  const keys = await readKeys(requirement)
  const reasons: string[] = []
  for (const signature of fitting) {
    try {
      checkClaim(await verify(signature, keys, candidate.signal), requirement, candidate)
      return
    } catch (error) {
      if (!EngineError.is(error, 'SignatureInvalid')) throw error
      reasons.push(error.message)
    }
  }
  throw rejected(candidate, [...new Set(reasons)].join(' '))
}

/** A signature's claim, once its key is verified. */
async function verify(signature: Signature, keys: readonly Buffer[], signal?: AbortSignal): Promise<SignedClaim> {
  if (signature.format === 'simple') return parsePayload('simple', (await gpgVerify(signature.bytes, keys, signal)).payload)
  const value = signature.annotations[sigstoreAnnotation]
  const publicKeys = keys.map((key) => readPublicKey(key, 'A key that policy.json names'))
  if (value === undefined || !isSignedByOneOf(signature.payload, value, publicKeys))
    throw new EngineError('SignatureInvalid', 'A signature is by another key than those that are trusted for this image.')
  return parsePayload('sigstore', signature.payload)
}

function checkClaim(claim: SignedClaim, { identity }: SignedRequirement, { digest, reference, name }: Candidate): void {
  if (claim.digest !== digest) throw new EngineError('SignatureInvalid', `A signature is for other content, ${claim.digest}.`)
  if (!identityMatches(identity, claim.identity, reference))
    throw new EngineError('SignatureInvalid', `A signature for ${claim.identity} is not accepted for ${name}.`)
}

async function readKeys({ keys }: SignedRequirement): Promise<Buffer[]> {
  const read = async (file: string): Promise<Buffer> => {
    try {
      return await readFile(file)
    } catch (error) {
      throw new EngineError(
        'PolicyInvalid',
        `The key ${file} that policy.json names cannot be read: ${(error as Error).message}.`,
        {
          details: { file },
          cause: error,
        },
      )
    }
  }
  return [...keys.data, ...(await Promise.all(keys.paths.map(read)))]
}

function rejected({ name }: Candidate, reason: string): EngineError {
  return new EngineError('SignatureRejected', `Source image rejected: ${name}: ${reason.replace(/\.$/, '')}.`, {
    details: { name },
  })
}
