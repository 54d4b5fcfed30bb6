import { closeSync, openSync } from 'node:fs'

import type { BlobStore, Descriptor, ImageSource } from '../../../image/index.ts'
import { type GrowingFile, growingFile } from './growing-file.ts'

/** A blob on its way into the store. Whoever opened it calls `close`. */
export interface Download {
  /** Whether it goes on from what an earlier attempt left. */
  readonly resumed: boolean
  /** The blob as it comes in, to be unpacked meanwhile. Not verified before `run` has settled. */
  readonly file: GrowingFile
  /** Fetches the blob, verifies it and makes it visible. @throws as `ImageSource.blob`, SizeMismatch, DigestMismatch */
  run(): Promise<void>
  /** Keeps what was fetched for another attempt, or, with `discard`, removes it. Nobody may read any more. Idempotent. */
  close(discard: boolean): void
}

/** Begins to fetch a blob. The caller holds the blob's lock. */
export function openDownload(
  blobs: BlobStore,
  source: Pick<ImageSource, 'blob'>,
  descriptor: Descriptor,
  onBytes: (bytes: number) => void,
): Download {
  const writer = blobs.begin(descriptor.digest, descriptor.size)
  const file = growingFile(openSync(writer.file, 'r'))
  const arrived = (bytes: number, piece: Uint8Array): void => {
    file.advance(bytes, piece)
    onBytes(bytes)
  }
  let open = true
  return {
    resumed: writer.resumedAt > 0,
    file,
    async run() {
      try {
        let seen = 0
        for await (const piece of writer.existing()) arrived((seen += piece.byteLength), piece)
        for await (const piece of source.blob(descriptor, writer.written)) {
          writer.write(piece)
          arrived(writer.written, piece)
        }
        file.end()
        writer.commit()
      } catch (error) {
        file.fail(error)
        throw error
      }
    },
    close(discard) {
      if (discard) writer.discard()
      else writer.suspend()
      if (open) closeSync(file.fd)
      open = false
    },
  }
}
