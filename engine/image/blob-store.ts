import { closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../errors/index.ts'
import { writeFileAtomicSync } from '../lib/atomic-file.ts'
import { type Digest, digestOf, finishHash, hashFor, isDigest, splitDigest } from './digest.ts'

/**
 * Content-addressed files as in an OCI layout (image-spec image-layout.md): `ROOT/sha256/HEX`.
 *
 * Guarantees: a blob under its name is complete and was verified when it was written; a crash leaves either nothing or a partial
 * file under `ROOT/partial`, which the next writer resumes. Writers of the same blob must hold a lock (the store takes none).
 */
export interface BlobStore {
  /** Where a blob is or would be. */
  path(digest: Digest): string
  has(digest: Digest): boolean
  /** Bytes on disk, or nothing if there is no such blob. */
  size(digest: Digest): number | undefined
  /**
   * A small blob, verified again.
   * @throws StoreCorrupt when it is missing or damaged, TooLarge beyond `maxBytes`.
   */
  read(digest: Digest, maxBytes: number): Promise<Buffer>
  /** A blob's bytes, in pieces, not verified. */
  stream(digest: Digest): AsyncIterable<Uint8Array>
  /** Stores small bytes under their digest. Atomic, idempotent. */
  put(bytes: Uint8Array): Digest
  /** Begins or resumes a blob of a known digest and size. The caller ends it by `commit`, `suspend` or `discard`. */
  begin(digest: Digest, size: number): BlobWriter
  /** Idempotent. Takes a partial one as well. */
  remove(digest: Digest): void
  list(): Digest[]
  /** Blobs that were begun and not finished. */
  listPartial(): Digest[]
}

/** A blob being written. All writes are synchronous: a network piece is small and the page cache fast. */
export interface BlobWriter {
  /** Bytes there already, from an interrupted attempt. {@link BlobWriter.existing} must be read before the first write. */
  readonly resumedAt: number
  /** Bytes so far. */
  readonly written: number
  existing(): AsyncIterable<Uint8Array>
  /** @throws SizeMismatch beyond the announced size, DiskFull. */
  write(chunk: Uint8Array): void
  /** Forgets what was resumed, for a server that cannot continue. */
  restart(): void
  /** Verifies size and digest and makes the blob visible. On failure the partial file is removed. @throws SizeMismatch, DigestMismatch */
  commit(): void
  /** Keeps the partial file for a later attempt. Idempotent, and nothing after `commit`. */
  suspend(): void
  /** Removes the partial file. Idempotent, and nothing after `commit`. */
  discard(): void
}

const pieceBytes = 256 * 1024

/** Opens the blobs under `root`, making the folder where it is missing. */
export function openBlobStore(root: string): BlobStore {
  const partialRoot = join(root, 'partial')
  mkdirSync(join(root, 'sha256'), { recursive: true, mode: 0o700 })
  mkdirSync(partialRoot, { recursive: true, mode: 0o700 })
  const path = (digest: Digest): string => {
    const { algorithm, hex } = splitDigest(digest)
    return join(root, algorithm, hex)
  }
  const partialPath = (digest: Digest): string => join(partialRoot, digest.replace(':', '-'))
  const size = (digest: Digest): number | undefined => statSync(path(digest), { throwIfNoEntry: false })?.size

  return {
    path,
    size,
    has: (digest) => existsSync(path(digest)),
    read: (digest, maxBytes) => readVerified(path(digest), digest, maxBytes),
    stream: (digest) => readPieces(openSync(path(digest), 'r')),
    put(bytes) {
      const digest = digestOf(bytes)
      if (size(digest) === bytes.byteLength) return digest
      try {
        writeFileAtomicSync(path(digest), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      } catch (error) {
        throw diskError(error)
      }
      return digest
    },
    begin(digest, expected) {
      mkdirSync(join(root, splitDigest(digest).algorithm), { recursive: true, mode: 0o700 })
      return beginBlob(partialPath(digest), path(digest), digest, expected)
    },
    remove(digest) {
      rmSync(path(digest), { force: true })
      rmSync(partialPath(digest), { force: true })
    },
    list: () => ['sha256', 'sha512'].flatMap((algorithm) => names(join(root, algorithm)).map((hex) => `${algorithm}:${hex}`)).filter(isDigest),
    listPartial: () => names(partialRoot).map((name) => name.replace('-', ':')).filter(isDigest),
  }
}

function beginBlob(partial: string, final: string, digest: Digest, size: number): BlobWriter {
  // Not 'a': O_APPEND would make reading back and truncating harder.
  let fd: number | undefined = openSync(partial, existsSync(partial) ? 'r+' : 'w+', 0o600)
  const found = fstatSync(fd).size
  let written = found <= size ? found : 0
  if (written !== found) ftruncateSync(fd, 0)
  const resumedAt = written
  let hash = hashFor(digest)

  const close = (): boolean => {
    if (fd === undefined) return false
    closeSync(fd)
    fd = undefined
    return true
  }
  const verify = (): void => {
    if (written !== size) throw new EngineError('SizeMismatch', `The blob ${digest} has ${written} bytes where its manifest says ${size}.`, { details: { digest } })
    const actual = finishHash(hash, digest)
    if (actual !== digest) throw new EngineError('DigestMismatch', `The blob ${digest} arrived with other content (${actual}).`, { details: { digest, actual } })
  }

  return {
    resumedAt,
    get written() {
      return written
    },
    async *existing() {
      if (fd === undefined || resumedAt === 0) return
      for await (const piece of readPieces(openSync(partial, 'r'), resumedAt)) {
        hash.update(piece)
        yield piece
      }
    },
    write(chunk) {
      if (fd === undefined) throw new EngineError('Cancelled', `The blob ${digest} is no longer being written.`)
      if (written + chunk.byteLength > size) {
        throw new EngineError('SizeMismatch', `The blob ${digest} is longer than the ${size} bytes its manifest says.`, { details: { digest } })
      }
      writeFully(fd, chunk, written)
      hash.update(chunk)
      written += chunk.byteLength
    },
    restart() {
      if (fd !== undefined) ftruncateSync(fd, 0)
      written = 0
      hash = hashFor(digest)
    },
    commit() {
      if (!close()) return
      try {
        verify()
        renameSync(partial, final)
      } catch (error) {
        rmSync(partial, { force: true })
        throw error
      }
    },
    suspend() {
      if (close() && written === 0) rmSync(partial, { force: true })
    },
    discard() {
      if (close()) rmSync(partial, { force: true })
    },
  }
}

function writeFully(fd: number, chunk: Uint8Array, position: number): void {
  try {
    for (let at = 0; at < chunk.byteLength; ) at += writeSync(fd, chunk, at, chunk.byteLength - at, position + at)
  } catch (error) {
    throw diskError(error)
  }
}

/** A file system error in words where it is one that a person can do something about. */
export function diskError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new EngineError('DiskFull', 'The disk that holds the store is full: remove what is not needed (berth image prune, berth system df), or make room.', { cause: error })
}

async function readVerified(file: string, digest: Digest, maxBytes: number): Promise<Buffer> {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) throw corrupt(digest, 'is missing from')
  if (size > maxBytes) throw new EngineError('TooLarge', `The blob ${digest} is larger than ${maxBytes} bytes.`, { details: { digest } })
  const bytes = await readFile(file)
  if (finishHash(hashFor(digest).update(bytes), digest) !== digest) throw corrupt(digest, 'is damaged in')
  return bytes
}

function corrupt(digest: Digest, state: string): EngineError {
  return new EngineError('StoreCorrupt', `The blob ${digest} ${state} the store: pull the image again.`, { details: { digest } })
}

/** Reads in pieces with synchronous calls: pages are in memory or come by read-ahead. Closes `fd`. */
async function* readPieces(fd: number, end = Infinity): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let at = 0, turn = 1; at < end; turn++) {
      // Without this, a fast consumer would keep every other task of the process waiting.
      if (turn % 8 === 0) await setImmediate()
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, end - at))
      const size = readSync(fd, piece, 0, piece.length, at)
      if (size === 0) return
      at += size
      yield piece.subarray(0, size)
    }
  } finally {
    closeSync(fd)
  }
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
