import type { Mapping } from '../mapping.ts'
import { withAlgorithm } from '../names.ts'

/** Removes unused images. Docker has a filter for what is a parameter in podman. */
export const prune: Mapping<'docker.image.prune'> = async (engine, { filters }, options) => {
  const all = ['false', '0'].includes(filters?.['dangling']?.[0] ?? '')
  const removed = await engine['image.prune']({ all, filters }, options)
  return {
    ImagesDeleted: removed.map(({ Id }) => ({ Deleted: withAlgorithm(Id) })),
    SpaceReclaimed: removed.reduce((sum, { Size }) => sum + Size, 0),
  }
}
