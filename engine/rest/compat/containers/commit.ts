import type { Mapping } from '../mapping.ts'
import { fullName } from '../names.ts'

/** Makes an image of a container, in Docker's format. */
export const commit: Mapping<'docker.container.commit'> = async (engine, input, options) => {
  const { container, repo, tag, comment, author, pause, changes, body } = input
  const { Id } = await engine['container.commit'](
    {
      container,
      ...(repo === undefined ? {} : { repo: fullName(repo) }),
      tag,
      comment,
      author,
      pause,
      changes,
      format: 'docker',
      body,
    },
    options,
  )
  return { Id }
}
