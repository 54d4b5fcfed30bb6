import type { Verb } from '../verb.ts'
import { findInstance } from '../manifests/instance.ts'
import { releaseMount } from './mount.ts'

/** Decrements the mount count; at zero, or with `force`, the image's file system is unmounted. */
export const unmount: Verb<'image.unmount'> = async (context, { name, force }) => {
  const { id } = findInstance(context, name).record
  await context.lock('image', id, () => releaseMount(context, id, force))
  context.emit({ type: 'image', status: 'unmount', id, name: id })
  return { Id: id }
}
