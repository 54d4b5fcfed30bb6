import { closeSync, fstatSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../../errors/index.ts'
import { type ArchivePlace, decompress, type Digest, finishHash, hashFor, mediaTypes } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { archiveCompression, fastInflate, plainBytes } from './plain.ts'
import { spool, spoolLimits } from './spool.ts'

/** An archive of a file system, as it becomes a layer. The caller closes it. */
export interface ImportedLayer {
  mediaType: string
  /** Of the bytes as they are kept. */
  digest: Digest
  size: number
  diffId: Digest
  bytes(from: number): AsyncGenerator<Uint8Array, void, undefined>
  /** The file of just these bytes. */
  place: ArchivePlace
  /** Idempotent. */
  close(): void
}

const like = 'sha256:' as Digest

/**
 * Stores the archive: gzip and zstd as they are, other compressions (xz, bzip2) uncompressed.
 * @throws TooLarge, LayerInvalid, ProgramMissing, DiskFull, Cancelled; what `body` throws is passed on
 */
export async function importLayer(
  context: Context,
  body: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<ImportedLayer> {
  const raw = await spoolHashed(context, body, signal)
  const head = Buffer.alloc(6)
  const kind = archiveCompression(head.subarray(0, readSync(raw.fd, head, 0, 6, 0)))
  if (kind === 'none') return made(raw, 'none', raw.digest)
  try {
    if (kind === 'gzip' || kind === 'zstd') return made(raw, kind, await diffIdOf(raw, signal))
    const plain = await spoolHashed(context, plainBytes(read(raw.fd, 0)), signal)
    closeSync(raw.fd)
    return made(plain, 'none', plain.digest)
  } catch (error) {
    closeSync(raw.fd)
    throw error
  }
}

/** The layer of an archive that is made here, uncompressed. The caller closes it. @throws as {@link importLayer} */
export async function plainLayer(
  context: Context,
  archive: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<ImportedLayer> {
  const raw = await spoolHashed(context, archive, signal)
  return made(raw, 'none', raw.digest)
}

interface Hashed {
  fd: number
  digest: Digest
}

async function spoolHashed(context: Context, body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Hashed> {
  const hash = hashFor(like)
  const fd = await spool(context, body, { signal, each: (piece) => hash.update(piece) })
  return { fd, digest: finishHash(hash, like) }
}

async function diffIdOf({ fd }: Hashed, signal?: AbortSignal): Promise<Digest> {
  const hash = hashFor(like)
  const bound = Math.max(spoolLimits.freeBytes, fstatSync(fd).size * spoolLimits.ratio)
  let size = 0
  for await (const piece of decompress(read(fd, 0), fastInflate())) {
    size += piece.byteLength
    if (size > bound) throw new EngineError('TooLarge', 'The archive inflates out of proportion.')
    if (signal?.aborted) throw new EngineError('Cancelled', 'The import was cancelled.', { cause: signal.reason })
    hash.update(piece)
  }
  return finishHash(hash, like)
}

function made({ fd, digest }: Hashed, compression: 'none' | 'gzip' | 'zstd', diffId: Digest): ImportedLayer {
  let open = true
  return {
    mediaType: mediaTypes.ociLayer + (compression === 'none' ? '' : `+${compression}`),
    digest,
    size: fstatSync(fd).size,
    diffId,
    bytes: (from) => read(fd, from),
    place: { fd, offset: 0, whole: true },
    close() {
      if (open) closeSync(fd)
      open = false
    },
  }
}

async function* read(fd: number, from: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = from, turn = 1; ; turn++) {
    if (turn % 4 === 0) await setImmediate()
    const piece = Buffer.allocUnsafe(512 * 1024)
    const size = readSync(fd, piece, 0, piece.length, at)
    if (size === 0) return
    at += size
    yield piece.subarray(0, size)
  }
}
