import { EngineError } from '../../../errors/index.ts'
import { type BlobBytes, type Descriptor, finishHash, hashFor } from '../../../image/index.ts'

/**
 * A verified stream of a blob: bytes are counted and hashed as they pass, so that the iteration fails at the end, or as soon as
 * there are too many, when they do not match the descriptor. An iteration that is restarted from an offset is hashed from where the
 * first one ended.
 * @param open the blob from an offset on.
 * @param hashes whether the digest counts as well as the size.
 */
export function verified(
  descriptor: Descriptor,
  open: (offset: number) => AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void = () => {},
  hashes = true,
): BlobBytes {
  const { digest, size } = descriptor
  const hash = hashes ? hashFor(digest) : undefined
  let hashed = 0
  let checked = false
  const check = (): void => {
    if (checked) return
    if (hashed !== size) throw wrongSize(descriptor, `${hashed} bytes`)
    const actual = hash ? finishHash(hash, digest) : digest
    checked = true
    if (actual === digest) return
    throw new EngineError('DigestMismatch', `The blob ${digest} arrived with other content (${actual}).`, {
      details: { digest, actual },
    })
  }
  async function* from(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    // Every byte must be hashed, wherever the destination restarts.
    let at = Math.min(offset, hashed)
    let last: Uint8Array | undefined
    for await (const piece of open(at)) {
      if (piece.byteLength === 0) continue
      // One chunk is held back, so that the destination never has all of a blob that turns out to be wrong.
      if (last) yield last
      last = undefined
      const end = at + piece.byteLength
      if (end > size) throw wrongSize(descriptor, `more than ${size} bytes`)
      if (end > hashed) {
        hash?.update(hashed > at ? piece.subarray(hashed - at) : piece)
        hashed = end
      }
      if (end > offset) last = offset > at ? piece.subarray(offset - at) : piece
      at = end
      onBytes(at)
    }
    check()
    if (last) yield last
  }
  return { [Symbol.asyncIterator]: () => from(0), from }
}

function wrongSize({ digest, size }: Descriptor, found: string): EngineError {
  return new EngineError('SizeMismatch', `The blob ${digest} has ${found} where its manifest says ${size}.`, {
    details: { digest },
  })
}
