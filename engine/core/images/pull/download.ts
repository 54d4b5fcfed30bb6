import type { BlobStore, Descriptor } from '../../../image/index.ts'
import type { Repository } from '../../../registry/index.ts'

/** A blob on its way into the store. Whoever opened it calls `close`. */
export interface Download {
  readonly resumed: boolean
  /** The blob from its beginning: what an earlier attempt left, then the network. Leaving it early does not end the download. */
  bytes(): AsyncIterable<Uint8Array>
  /** Fetches what nobody has read yet, verifies the blob and makes it visible. @throws as `Repository.blob`, SizeMismatch, DigestMismatch */
  finish(): Promise<void>
  /** Keeps what was fetched for another attempt, or, with `discard`, removes it. Idempotent. */
  close(discard: boolean): Promise<void>
}

/** Begins to fetch a blob. The caller holds the blob's lock. */
export function openDownload(
  blobs: BlobStore,
  repository: Repository,
  descriptor: Descriptor,
  onBytes: (bytes: number) => void,
): Download {
  const writer = blobs.begin(descriptor.digest, descriptor.size)

  async function* fetch(): AsyncGenerator<Uint8Array, void, undefined> {
    let seen = 0
    for await (const piece of writer.existing()) {
      seen += piece.byteLength
      onBytes(seen)
      yield piece
    }
    for await (const piece of repository.blob(descriptor, writer.written)) {
      writer.write(piece)
      onBytes(writer.written)
      yield piece
    }
    writer.commit()
  }

  // One iterator for all readers: whoever unpacks may give up, and the rest must still be verified.
  const pieces = fetch()
  return {
    resumed: writer.resumedAt > 0,
    async *bytes() {
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
    },
    async finish() {
      for (let next = await pieces.next(); !next.done;) next = await pieces.next()
    },
    async close(discard) {
      await pieces.return()
      if (discard) writer.discard()
      else writer.suspend()
    },
  }
}
