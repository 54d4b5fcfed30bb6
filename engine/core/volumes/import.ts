import { EngineError } from '../../errors/index.ts'
import { writeTree } from '../../lib/tree/index.ts'
import { boundedBytes, ownersOutOfReach } from '../images/archive/bounded.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { openVolume } from './with-files.ts'

/** Unpacks an archive into a volume, beside what it holds. What is written before a failure stays. */
export const importVolume: Verb<'volume.import'> = async (context, { name, body }, { signal }) =>
  unpackIntoVolume(context, name, body, signal)

/** {@link importVolume} for other parts of the engine. */
export async function unpackIntoVolume(
  context: Context,
  name: string,
  body: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const tree = await openVolume(context, name, signal)
  try {
    await writeTree(tree, '/', boundedBytes(body), { devices: !context.identity.rootless, replaceFolders: true, signal })
  } catch (error) {
    throw writeFailure(tree.name, error)
  } finally {
    tree.close()
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
  if (code === 'EINVAL') return ownersOutOfReach(details, error)
  return error
}
