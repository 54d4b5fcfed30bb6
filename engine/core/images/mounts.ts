import { imageById, namesOfImage } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { countedMounts } from './mount.ts'
import { tagNames } from './resolve/names.ts'

/** Images that are mounted, with where. */
export const mounts: Verb<'image.mounts'> = async (context) => {
  const layers = await context.layers()
  return countedMounts(context)
    .filter((id) => layers.isMounted(id))
    .flatMap((id) => {
      const record = imageById(context.database, id)
      if (!record) return []
      const names = namesOfImage(context.database, id)
      return [
        { Id: id, Names: [record.facts.manifest.digest], Repositories: tagNames(names), Path: layers.snapshotPaths(id).merged },
      ]
    })
}
