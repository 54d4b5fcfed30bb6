import { EngineError } from '../../../errors/index.ts'
import { unpackLimits } from '../../../storage/index.ts'
import { plainBytes } from './plain.ts'

/** The plain bytes of an archive. @throws EngineError `ArchiveInvalid` for one that was made to fill the disk */
export async function* boundedBytes(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { ratio, freeBytes } = unpackLimits
  const received = { bytes: 0 }
  let size = 0
  for await (const piece of plainBytes(body, received)) {
    size += piece.byteLength
    if (size > Math.max(freeBytes, received.bytes * ratio))
      throw new EngineError('ArchiveInvalid', `The archive inflates out of proportion: to ${size} bytes from ${received.bytes}.`)
    yield piece
  }
}

/** The error for owners that an ordinary user cannot give to files. */
export function ownersOutOfReach(details: Record<string, string>, cause: unknown): EngineError {
  const message = 'The archive holds files of an owner that your range of subordinate ids does not reach.'
  return new EngineError('SubidMissing', message, { details, cause })
}
