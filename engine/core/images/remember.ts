import { parseReference } from '../../image/index.ts'
import { rememberAlias } from '../../registry/index.ts'
import type { Verb } from '../verbs.ts'

/** Keeps which full name a short name stands for. Tags and digests are left out of both. */
export const remember: Verb<'image.remember'> = async (_context, { alias, name }) => {
  const { registry, repository } = parseReference(alias)
  await rememberAlias(registry === undefined ? repository : alias, name)
}
