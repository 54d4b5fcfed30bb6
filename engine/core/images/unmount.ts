import type { Verb } from '../verbs.ts'
import { findImage } from './find.ts'
import { releaseMount } from './mount.ts'

/** One mount less; with `force`, or with the last, the image's file system is unmounted. */
export const unmount: Verb<'image.unmount'> = async (context, { name, force }) => {
  const { id } = findImage(context.database, name).record
  await context.lock('image', id, () => releaseMount(context, id, force))
  context.emit({ type: 'image', status: 'unmount', id, name: id })
  return { Id: id }
}
