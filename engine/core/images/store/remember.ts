import { parseReference } from '../../../image/index.ts'
import { recordAlias } from '../../../registry/index.ts'
import type { Verb } from '../../verb.ts'

/** Records the full name of a short name, both without tag and digest. */
export const remember: Verb<'image.remember'> = async (_context, { alias, name }) => {
  const { registry, repository } = parseReference(alias)
  await recordAlias(registry === undefined ? repository : alias, name)
}
