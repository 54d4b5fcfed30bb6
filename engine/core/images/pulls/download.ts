import { closeSync, openSync } from 'node:fs'

import type { BlobStore, BlobWriter, Descriptor, ImageSource } from '../../../image/index.ts'
import { type GrowingFile, growingFile } from './growing-file.ts'

/** A blob that is being fetched into the store. The caller calls `close`. */
export interface Download {
  /** Whether it resumes an earlier attempt. */
  readonly resumed: boolean
  /** The blob while it arrives, to be unpacked meanwhile. Not verified before `run` has settled. */
  readonly file: GrowingFile
  /** Fetches the blob, verifies it and makes it visible. @throws as `ImageSource.blob`, SizeMismatch, DigestMismatch */
  run(): Promise<void>
  /** Keeps what was fetched for another attempt, or, with `discard`, removes it. Reading must have ended. Idempotent. */
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
        await fill(writer, source.blob(descriptor, writer.written, true), arrived)
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

const batchBytes = 512 * 1024
const batchMs = 100

/** Writes a blob in batches, each while the next one arrives: this thread never waits for the disk. */
async function fill(
  writer: BlobWriter,
  pieces: AsyncIterable<Uint8Array>,
  arrived: (bytes: number, piece: Uint8Array) => void,
): Promise<void> {
  let batch: Uint8Array[] = []
  let bytes = 0
  let since = performance.now()
  let writing = Promise.resolve()
  const write = async (): Promise<void> => {
    const [before, pieces] = [writing, batch]
    batch = []
    bytes = 0
    since = performance.now()
    await before
    let at = writer.written
    await writer.append(pieces)
    for (const piece of pieces) arrived((at += piece.byteLength), piece)
  }
  try {
    for await (const piece of pieces) {
      batch.push(piece)
      bytes += piece.byteLength
      if (bytes < batchBytes && performance.now() - since < batchMs) continue
      await writing
      writing = write()
      // Awaited before the next one, or below.
      writing.catch(() => {})
    }
  } finally {
    // An interrupted transfer is kept, too, for another attempt.
    await (writing = write())
  }
}
