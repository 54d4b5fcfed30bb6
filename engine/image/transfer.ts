import type { ArchivePlace } from './archive/archive-file.ts'
import type { Digest } from './digest.ts'
import type { Descriptor } from './manifest/manifest.ts'
import type { Reference } from './reference.ts'

/** A manifest or index as it is stored, byte for byte. */
export interface SourceManifest {
  bytes: Buffer
  digest: Digest
  mediaType: string
}

/**
 * An image somewhere: at a registry, in a store, a folder or an archive. All of its data is untrusted: readers verify digests and
 * sizes, unless stated otherwise. The caller closes it.
 */
export interface ImageSource {
  /** As users write it: `docker://quay.io/a/b:c`, `oci-archive:/tmp/x.tar`. For messages. */
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
   * @param pooled for a destination that `sends`: the pieces may be in memory that is used again once they have been sent.
   */
  blob(descriptor: Descriptor, offset?: number, pooled?: boolean): AsyncIterable<Uint8Array>
  /** The file that holds just this blob, where there is one: it can be linked, sent or mapped instead of read. */
  file?(descriptor: Descriptor): string | undefined
  /** Where a blob is in a local file: the kernel can copy it, or the file can be named as it. The source keeps the descriptor. */
  range?(descriptor: Descriptor): ArchivePlace | undefined
  /** Whether its blobs were verified when they were stored, and cannot have been changed since. */
  readonly kept?: boolean
  /** The simple signatures of a manifest. */
  signatures?(digest: Digest): Promise<Uint8Array[]>
  /** Idempotent. */
  close(): Promise<void> | void
}

/** A verified stream of a blob: iterating fails at the end when size or digest are wrong. */
export interface BlobBytes extends AsyncIterable<Uint8Array> {
  /** Restarts from an offset, to resume a broken transfer. Size and digest are still checked. */
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
  /** Forwards a blob's chunks as they arrive and keeps none of them. */
  readonly sends?: boolean
  /** Verifies a blob's digest itself before it accepts it, as registries do (OCI distribution-spec, DIGEST_INVALID). */
  readonly verifies?: boolean
}

/**
 * A place an image is written to. Nothing is visible under its name before `commit`; `discard` undoes what can be undone. Exactly
 * one of the two is called, last.
 */
export interface ImageDestination {
  readonly name: string
  readonly reference?: Reference
  readonly traits: DestinationTraits
  /** Whether the blob is there, or could be made so without its bytes (`mounted` from another repository). */
  has(descriptor: Descriptor): Promise<boolean | 'mounted'>
  /** The digest of what has the destination's name now, if that is cheap to find out; with `digest`, whether that exists. */
  existing?(digest?: Digest): Promise<Digest | undefined>
  /** Writes a blob of known digest and size. The caller verifies the bytes; several may be written concurrently. */
  putBlob(descriptor: Descriptor, bytes: BlobBytes): Promise<void>
  /** Writes a manifest after all it refers to; `top` is the one that the name is to stand for. */
  putManifest(manifest: SourceManifest, top: boolean): Promise<void>
  putSignatures?(digest: Digest, signatures: readonly Uint8Array[]): Promise<void>
  commit(): Promise<void>
  discard(): Promise<void>
}
