import { once } from '../../../lib/async/once.ts'
import type { Verb } from '../../verb.ts'
import { readConfig } from './config.ts'
import { manifestFor, withSource } from './open.ts'

/** The manifest (or index) of an image elsewhere as it is, or the configuration of its image, or artifact, for one platform. */
export const raw: Verb<'image.remoteRaw'> = async (context, input, { signal }) => {
  const bytes = await withSource(context, input, signal, async (source, top) =>
    input.config ? await readConfig(source, await manifestFor(source, top, input, input.artifact)) : top.bytes,
  )
  return once(bytes)
}
