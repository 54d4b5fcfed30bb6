import type { Mapping } from '../mapping.ts'
import { fullName, withTag } from '../names.ts'
import { platformOf } from '../platform.ts'

/** Makes an image from the archive of a file system. */
export const importImage: Mapping<'docker.image.import'> = async (engine, input, options) => {
  const { fromSrc, repo, tag, message, changes, platform, body } = input
  const { OS, Arch: Architecture, Variant } = platformOf(platform)
  const { Id } = await engine['image.import'](
    {
      body,
      changes,
      message,
      OS,
      Architecture,
      Variant,
      ...(fromSrc === '-' ? {} : { url: fromSrc }),
      ...(repo === undefined ? {} : { reference: withTag(fullName(repo), tag) }),
    },
    options,
  )
  return { status: Id.startsWith('sha256:') ? Id : `sha256:${Id}`, progressDetail: {} }
}
