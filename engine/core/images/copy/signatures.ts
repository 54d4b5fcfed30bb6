import { EngineError } from '../../../errors/index.ts'
import type { Digest, ImageSource, Reference, SourceManifest } from '../../../image/index.ts'
import type { Destination } from '../transports/index.ts'

/** How signatures are made on the way. Files hold the secrets. */
export interface SigningChoice {
  removeSignatures?: boolean | undefined
  signBy?: string | undefined
  signBySigstorePrivateKey?: string | undefined
  signBySigstore?: string | undefined
  signPassphraseFile?: string | undefined
}

/** The signatures that go with a manifest to another place: those it has, and those that are made for it. */
export interface Signatures {
  /** Fails, before anything is sent, when it cannot be done. `changes`: why the manifest will not stay as it is. */
  prepare(source: ImageSource, digest: Digest, changes: string | undefined): Promise<Uint8Array[]>
  /** Stores them, after the manifest. */
  put(manifest: SourceManifest, existing: readonly Uint8Array[]): Promise<void>
}

/** @throws NotSupported for keys, which are not used yet. */
export function signaturesFor(destination: Destination, choice: SigningChoice, _identity?: Reference): Signatures {
  if (choice.signBy || choice.signBySigstore || choice.signBySigstorePrivateKey)
    throw new EngineError('NotSupported', 'Signing an image while it is sent is not supported yet: send it unsigned.')
  return {
    async prepare(source, digest, changes) {
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
      if (existing.length > 0) await destination.putSignatures?.(manifest.digest, existing)
    },
  }
}
