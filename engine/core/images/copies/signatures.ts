import { EngineError } from '../../../errors/index.ts'
import { type Digest, formatReference, type ImageSource, type Reference, type SourceManifest } from '../../../image/index.ts'
import type { Destination } from '../transports/index.ts'
import { makeSignatures, type SigningChoice, wantsSignatures } from '../trust/make-signatures.ts'

export type { SigningChoice } from '../trust/make-signatures.ts'

/** The signatures that go with a manifest to another place: those it has, and those that are made for it. */
export interface Signatures {
  /** Fails, before anything is sent, when it cannot be done. `changes`: why the manifest will not stay as it is. */
  prepare(source: ImageSource, digest: Digest, changes: string | undefined): Promise<Uint8Array[]>
  /** Stores them, after the manifest. */
  put(manifest: SourceManifest, existing: readonly Uint8Array[]): Promise<void>
}

/**
 * @param identity the name that new signatures claim.
 * @throws NotSupported, InvalidArgument when what is to be signed has no name there.
 */
export function signaturesFor(destination: Destination, choice: SigningChoice, identity?: Reference): Signatures {
  const signing = wantsSignatures(choice)
  if (signing && (!identity || !destination.putSignatures))
    throw new EngineError(
      'NotSupported',
      `${destination.name} has no place for signatures: copy to a registry or a folder (dir:).`,
    )
  return {
    async prepare(source, digest, changes) {
      // The key is tried before anything is sent: a wrong passphrase must not be found out by an image without signature.
      if (signing) await makeSignatures(choice, digest, formatReference(identity!))
      if (choice.removeSignatures || !source.signatures) return []
      const found = await source.signatures(digest)
      if (found.length === 0) return []
      const out = 'give --remove-signatures to send it without them'
      if (changes !== undefined)
        throw new EngineError(
          'NotSupported',
          `${source.name} is signed, and ${changes}, which would make its signatures void: ${out}.`,
        )
      if (!destination.putSignatures)
        throw new EngineError(
          'NotSupported',
          `${source.name} is signed, and ${destination.name} has no place for signatures: ${out}.`,
        )
      return found
    },
    async put(manifest, existing) {
      const made = signing ? await makeSignatures(choice, manifest.digest, formatReference(identity!)) : []
      if (existing.length + made.length > 0) await destination.putSignatures?.(manifest.digest, [...existing, ...made])
    },
  }
}
