import { constants, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import { type BlobWriter, openBlobWriter, readPieces } from './blob-writer.ts'
import { type Digest, digestOf, finishHash, hashFor, isDigest, splitDigest } from '../digest.ts'
import { diskError } from './disk-error.ts'

/**
 * Content-addressed files as in an OCI layout (image-spec image-layout.md): `ROOT/sha256/HEX`.
 *
 * Guarantees: a blob under its name is complete and was verified when it was written; a crash leaves either nothing or a partial
 * file under `ROOT/partial`, which the next writer resumes. Writers of the same blob must hold a lock (the store takes none).
 */
export interface BlobStore {
  /** The path of a blob, whether or not it exists. */
  path(digest: Digest): string
  has(digest: Digest): boolean
  /** Bytes on disk, or `undefined` if there is no such blob. */
  size(digest: Digest): number | undefined
  /**
   * A small blob, verified again.
   * @throws StoreCorrupt when it is missing or damaged, TooLarge beyond `maxBytes`.
   */
  read(digest: Digest, maxBytes: number): Promise<Buffer>
  /**
   * A small blob that was verified when it was stored; only its size is checked. For reads at every start of a container.
   * @throws StoreCorrupt when it is missing or has another size, TooLarge beyond `maxBytes`.
   */
  readStored(descriptor: { digest: Digest; size: number }, maxBytes: number): Promise<Buffer>
  /** A blob's bytes, in chunks, not verified. */
  stream(digest: Digest): AsyncIterable<Uint8Array>
  /** Stores small bytes under their digest. Atomic, idempotent. */
  put(bytes: Uint8Array): Digest
  /** Starts or resumes a blob of a known digest and size. The caller ends it by `commit`, `suspend` or `discard`. */
  begin(digest: Digest, size: number): BlobWriter
  /** The path to write a blob to that is verified elsewhere; {@link BlobStore.adopt} then makes it visible. */
  partialPath(digest: Digest): string
  /** Turns the file at {@link BlobStore.partialPath}, whose size and digest the caller has verified, into the blob. Atomic. */
  adopt(digest: Digest): void
  /** Idempotent. Also removes a partial one. */
  remove(digest: Digest): void
  list(): Digest[]
  /** Unfinished blobs. */
  listPartial(): Digest[]
}

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
    readStored: (descriptor, maxBytes) => readStored(path(descriptor.digest), descriptor, maxBytes),
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
      return openBlobWriter({ partial: partialPath(digest), final: path(digest), digest, size: expected })
    },
    partialPath,
    adopt(digest) {
      mkdirSync(join(root, splitDigest(digest).algorithm), { recursive: true, mode: 0o700 })
      renameSync(partialPath(digest), path(digest))
    },
    remove(digest) {
      rmSync(path(digest), { force: true })
      rmSync(partialPath(digest), { force: true })
    },
    list: () =>
      ['sha256', 'sha512']
        .flatMap((algorithm) => names(join(root, algorithm)).map((hex) => `${algorithm}:${hex}`))
        .filter(isDigest),
    listPartial: () =>
      names(partialRoot)
        .map((name) => name.replace('-', ':'))
        .filter(isDigest),
  }
}

/** A small file that must have this digest. @throws StoreCorrupt when it is missing or damaged, TooLarge */
export async function readVerified(file: string, digest: Digest, maxBytes: number): Promise<Buffer> {
  const bytes = readSmall(file, digest, maxBytes)
  if (finishHash(hashFor(digest).update(bytes), digest) !== digest) throw corrupt(digest, 'is damaged in')
  return bytes
}

async function readStored(file: string, { digest, size }: { digest: Digest; size: number }, maxBytes: number): Promise<Buffer> {
  const bytes = readSmall(file, digest, maxBytes)
  if (bytes.length !== size) throw corrupt(digest, 'is damaged in')
  return bytes
}

function readSmall(file: string, digest: Digest, maxBytes: number): Buffer {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) throw corrupt(digest, 'is missing from')
  if (size > maxBytes)
    throw new EngineError('TooLarge', `The blob ${digest} is larger than ${maxBytes} bytes.`, { details: { digest } })
  // In another user's store it may be a fifo: that is read as empty.
  return readFileSync(file, { flag: constants.O_RDONLY | constants.O_NONBLOCK })
}

function corrupt(digest: Digest, state: string): EngineError {
  return new EngineError('StoreCorrupt', `The blob ${digest} ${state} the store: pull the image again.`, { details: { digest } })
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
