import { EngineError } from '../../../errors/index.ts'
import {
  type Digest,
  encodeSignature,
  type ImageDestination,
  parseSignature,
  type Reference,
  repositoryName,
} from '../../../image/index.ts'
import { type OpenTag, readAttachments, writeAttachments } from './attachments.ts'
import { readLookaside, writeLookaside } from './lookaside.ts'
import { signatureStores } from './signature-stores.ts'

/** The signatures of a manifest of a registry: those of the lookaside store and, where they are enabled, cosign's. */
export async function readRegistrySignatures(
  reference: Reference,
  digest: Digest,
  openTag: OpenTag,
  signal?: AbortSignal,
): Promise<Buffer[]> {
  const stores = await signatureStores(reference)
  const simple = stores.read ? await readLookaside(stores.read, reference, digest, signal) : []
  const attached = stores.attachments ? await readAttachments(openTag, digest) : []
  return [...simple, ...attached.map(encodeSignature)]
}

/**
 * Adds signatures to a manifest of a registry, each where its kind is kept.
 * @param openDestination opens another tag of the repository to be written.
 * @throws EngineError NotSupported where registries.d gives no place for them
 */
export async function writeRegistrySignatures(
  reference: Reference,
  digest: Digest,
  signatures: readonly Uint8Array[],
  { openTag, openDestination }: { openTag: OpenTag; openDestination: (digest: Digest) => Promise<ImageDestination> },
): Promise<void> {
  const stores = await signatureStores(reference)
  const parsed = signatures.map((bytes) => ({ bytes, signature: parseSignature(bytes) }))
  const simple = parsed.filter(({ signature }) => signature.format === 'simple').map(({ bytes }) => bytes)
  const sigstore = parsed.filter(({ signature }) => signature.format === 'sigstore').map(({ signature }) => signature)
  if (simple.length > 0) {
    if (!stores.write) throw noSignatureStore(reference, 'lookaside-staging')
    await writeLookaside(stores.write, reference, digest, simple)
  }
  if (sigstore.length > 0) {
    if (!stores.attachments) throw noSignatureStore(reference, 'use-sigstore-attachments: true')
    await writeAttachments(await openDestination(digest), await readAttachments(openTag, digest), sigstore)
  }
}

function noSignatureStore(reference: Reference, setting: string): EngineError {
  const name = repositoryName(reference)
  return new EngineError(
    'NotSupported',
    `There is no place for signatures of ${name}: set ${setting} for it in a file of /etc/containers/registries.d, or copy without signatures (--remove-signatures).`,
    { details: { name } },
  )
}
