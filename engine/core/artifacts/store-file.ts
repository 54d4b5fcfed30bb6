import { closeSync, constants, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'

import { EngineError } from '../../errors/index.ts'
import { contentType, type Digest, digestOf, finishHash, hashFor, sniffBytes } from '../../image/index.ts'
import type { Context } from '../context.ts'
import { spool } from '../images/archive/spool.ts'
import { copyBlob } from '../images/pulls/copied-blob.ts'
import { imageBlobs } from '../images/store/image-store.ts'

/** A file that was put among the blobs. */
export interface StoredFile {
  digest: Digest
  size: number
  /** What its first bytes look like. */
  type: string
}

/**
 * Puts a file of this host among the blobs. Inside `withSharedLock`, until something refers to it.
 * @throws InvalidArgument when it is no file or cannot be read, DiskFull
 */
export async function storeFile(context: Context, file: string, signal?: AbortSignal): Promise<StoredFile> {
  let handle
  try {
    // Opening a pipe without a writer would block.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : (cause as Error).message
    throw new EngineError('InvalidArgument', `open ${file}: ${reason}`, { details: { path: file }, cause })
  }
  try {
    if (!(await handle.stat()).isFile())
      throw new EngineError('InvalidArgument', `open ${file}: it is not a regular file`, { details: { path: file } })
    return await storeBytes(context, handle.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024 }), signal)
  } finally {
    await handle.close()
  }
}

/** Puts bytes of unknown length among the blobs, as {@link storeFile}. @throws TooLarge, DiskFull, Cancelled */
export async function storeBytes(context: Context, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<StoredFile> {
  const blobs = imageBlobs(context)
  const any = digestOf(Buffer.alloc(0))
  const hash = hashFor(any)
  const start = Buffer.alloc(sniffBytes)
  let size = 0
  const fd = await spool(context, bytes, {
    signal,
    each(piece) {
      if (size < sniffBytes) start.set(piece.subarray(0, sniffBytes - size), size)
      size += piece.byteLength
      hash.update(piece)
    },
  })
  try {
    const digest = finishHash(hash, any)
    await context.lock('image', `blob-${digest.replace(':', '-')}`, async () => {
      if (blobs.size(digest) === size) return
      const partial = blobs.partialPath(digest)
      try {
        const place = { fd, offset: 0, whole: true }
        await copyBlob(blobs, { digest, size }, place, () => {}, signal ?? new AbortController().signal)
        blobs.adopt(digest)
      } catch (error) {
        rmSync(partial, { force: true })
        throw error
      }
    })
    return { digest, size, type: contentType(start.subarray(0, Math.min(size, sniffBytes))) }
  } finally {
    closeSync(fd)
  }
}
