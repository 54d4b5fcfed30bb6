import type { Digest } from './digest.ts'
import type { Descriptor } from './manifest.ts'
import type { Reference } from './reference.ts'

/** A manifest or index as it is kept somewhere, byte by byte. */
export interface SourceManifest {
  bytes: Buffer
  digest: Digest
  mediaType: string
}

/**
 * An image somewhere: at a registry, in a store, a folder or an archive. Whatever it gives is untrusted: whoever reads it
 * verifies digests and sizes, except where said otherwise. Whoever opened it closes it.
 */
export interface ImageSource {
  /** As people write it: `docker://quay.io/a/b:c`, `oci-archive:/tmp/x.tar`. For messages. */
  readonly name: string
  /** The full name it has there, for transports that have such names. */
  readonly reference?: Reference
  /**
   * The manifest, or the index, that the source stands for; with `digest`, one that its index lists. Its digest has been
   * verified; it has not been parsed.
   * @throws EngineError ImageUnknown, ArchiveInvalid, DigestMismatch and, for registries, what `Repository.manifest` throws
   */
  manifest(digest?: Digest): Promise<SourceManifest>
  /**
   * A blob's bytes from `offset` on, not verified.
   * @param lend for a destination that `sends`: the pieces may be in memory that is used again once they have been sent.
   */
  blob(descriptor: Descriptor, offset?: number, lend?: boolean): AsyncIterable<Uint8Array>
  /** The file that holds just this blob, where there is one: it can be linked, sent or mapped instead of read. */
  file?(descriptor: Descriptor): string | undefined
  /** Where a blob lies, as it is, inside a larger file of this host: the kernel can copy it. The descriptor stays the source's. */
  range?(descriptor: Descriptor): { fd: number; offset: number } | undefined
  /** Whether its blobs were verified when they came in, and are nobody's to change since. */
  readonly kept?: boolean
  /** The simple signatures of a manifest. */
  signatures?(digest: Digest): Promise<Uint8Array[]>
  /** Idempotent. */
  close(): Promise<void> | void
}

/** A blob's bytes on their way, verified: iterating fails at the end when size or digest are wrong. */
export interface BlobBytes extends AsyncIterable<Uint8Array> {
  /** Begins once more, from an offset, for whoever takes up a broken transfer. Size and digest are still checked. */
  from?(offset: number): AsyncIterable<Uint8Array>
}

/** What a destination can hold. */
export interface DestinationTraits {
  /** Types of manifest it takes, best first; empty where it takes any. */
  readonly manifestTypes: readonly string[]
  /** `preserve`: layers as they are. `compress`: none uncompressed. `decompress`: only tar, uncompressed. */
  readonly layers: 'preserve' | 'compress' | 'decompress'
  /** Whether it holds indexes and several manifests. */
  readonly lists: boolean
  /** Hands a blob's pieces on as they come and keeps none of them. */
  readonly sends?: boolean
  /** Verifies a blob's digest by itself before it takes it, as registries do (OCI distribution-spec, DIGEST_INVALID). */
  readonly verifies?: boolean
}

/**
 * A place an image is written to. Nothing is visible under its name before `commit`; `discard` takes back what can be taken
 * back. Exactly one of the two is called, last.
 */
export interface ImageDestination {
  readonly name: string
  readonly reference?: Reference
  readonly traits: DestinationTraits
  /** Whether the blob is there, or could be made so without its bytes (`mounted` from another repository). */
  has(descriptor: Descriptor): Promise<boolean | 'mounted'>
  /** The digest of what has the destination's name now, where that is cheap to know; with `digest`, whether that is there. */
  existing?(digest?: Digest): Promise<Digest | undefined>
  /** Writes a blob of known digest and size. The caller verifies what it hands over; several may be written at once. */
  putBlob(descriptor: Descriptor, bytes: BlobBytes): Promise<void>
  /** Writes a manifest after all it refers to; `top` is the one that the name is to stand for. */
  putManifest(manifest: SourceManifest, top: boolean): Promise<void>
  putSignatures?(digest: Digest, signatures: readonly Uint8Array[]): Promise<void>
  commit(): Promise<void>
  discard(): Promise<void>
}
