import type { Mapping } from '../mapping.ts'
import { familiar, withAlgorithm } from '../names.ts'

/** Removes an image or one of its names. */
export const remove: Mapping<'docker.image.remove'> = async (engine, input, options) => {
  const { Untagged, Deleted } = await engine['image.remove'](input, options)
  return [...Untagged.map((each) => ({ Untagged: familiar(each) })), ...Deleted.map((id) => ({ Deleted: withAlgorithm(id) }))]
}
