import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'
import { fullName } from '../names.ts'

/** Gives an image another name. */
export const tag: Mapping<'docker.image.tag'> = async (engine, { name, repo, tag }, options) => {
  if (repo === undefined) throw new EngineError('InvalidArgument', 'repo says nothing: it is the name that the image gets.')
  await engine['image.tag']({ name, repo: fullName(repo), tag }, options)
}
