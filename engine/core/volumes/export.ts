import { EngineError } from '../../errors/index.ts'
import { writeTar } from '../../lib/tar/index.ts'
import { lookUp, placeMembers, toBytePath } from '../../lib/tree/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { findVolume } from './find.ts'
import { pathNotFound } from './path-not-found.ts'
import { openVolume } from './with-files.ts'

/** A volume's files, or one of them, as a tar, each as it is when it is read. */
export const exportVolume: Verb<'volume.export'> = async (context, { name: ref, path }, { signal }) => {
  const { name } = findVolume(context, ref)
  return volumeArchive(context, name, path, signal)
}

/** {@link exportVolume} for other parts of the engine; the volume exists. */
export async function* volumeArchive(
  context: Context,
  name: string,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const tree = await openVolume(context, name, signal)
  try {
    let place
    try {
      place = lookUp(tree, toBytePath(path))
    } catch (error) {
      throw pathNotFound(name, path, error)
    }
    try {
      if (!place.found) throw pathNotFound(name, path)
      const last = toBytePath(path.split('/').findLast((part) => part !== '' && part !== '.') ?? '')
      const members = placeMembers(place, place.path === '/' ? '' : last, { skipUnreadable: context.identity.rootless })
      for await (const piece of writeTar(members)) {
        if (signal?.aborted) throw new EngineError('Cancelled', 'The export was cancelled.', { cause: signal.reason })
        yield piece
      }
    } finally {
      place.close()
    }
  } finally {
    tree.close()
  }
}
