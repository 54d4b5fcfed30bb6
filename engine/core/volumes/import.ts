import { EngineError } from '../../errors/index.ts'
import { writeTree } from '../../lib/tree/index.ts'
import { unpackLimits } from '../../storage/index.ts'
import { plainBytes } from '../images/archive/plain.ts'
import type { Verb } from '../verb.ts'
import { openVolume } from './with-files.ts'

/** Unpacks an archive into a volume, beside what it holds. What is written before a failure stays. */
export const importVolume: Verb<'volume.import'> = async (context, { name, body }, { signal }) => {
  const tree = await openVolume(context, name, signal)
  try {
    await writeTree(tree, '/', bounded(body), { devices: !context.identity.rootless, replaceFolders: true, signal })
  } catch (error) {
    throw writeFailure(tree.name, error)
  } finally {
    tree.close()
  }
}

/** The plain bytes of an archive. @throws EngineError `ArchiveInvalid` for one that was made to fill the disk */
async function* bounded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
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

function writeFailure(name: string, error: unknown): unknown {
  if (EngineError.is(error, 'LayerInvalid')) return new EngineError('ArchiveInvalid', error.message, { cause: error })
  const { code } = error as NodeJS.ErrnoException
  const details = { volume: name }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return new EngineError(
      'AccessDenied',
      `Nothing can be written to volume ${name}: ${code === 'EROFS' ? 'it is read-only' : 'permission denied'}.`,
      { details, cause: error },
    )
  if (code === 'EINVAL')
    return new EngineError(
      'SubidMissing',
      'The archive holds files of an owner that your range of subordinate ids does not reach.',
      {
        details,
        cause: error,
      },
    )
  return error
}
