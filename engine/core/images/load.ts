import type { Verb } from '../verb.ts'
import { loadArchive } from './archive/load-archive.ts'
import { plainBody } from './archive/plain.ts'

/** Loads the images of an archive that is sent. */
export const load: Verb<'image.load'> = async (context, { body }, options) => {
  const content = await plainBody(context, body, options.signal)
  return { Names: await loadArchive(context, content, 'that was sent', options) }
}
