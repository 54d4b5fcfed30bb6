import { parseReference, qualify, type Reference, withDefaultTag } from '../../../image/index.ts'
import { aliasOf, type RegistriesConf } from '../../../registry/index.ts'
import { imageName } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import type { FoundImage } from './find.ts'

/**
 * The full name that a short name has already, because an image here has it: a pull then uses that name, also localhost's, and
 * queries no search registry (as podman; otherwise anyone could take the name there).
 * @param present what the store has by that name.
 * @returns nothing for a full name, and where nothing here has it.
 */
export function nameHere(
  { database }: Pick<Context, 'database'>,
  conf: RegistriesConf,
  text: string,
  present: FoundImage | undefined,
): Reference | undefined {
  if (present?.name === undefined) return undefined
  const { registry, digest } = parseReference(text)
  if (registry !== undefined) return undefined
  const alias = aliasOf(conf, text)
  // An alias comes before names that only end with it.
  const name = alias !== undefined && !present.name.startsWith('localhost/') && imageName(database, alias) ? alias : present.name
  const found = parseReference(name)
  const { tag: _, ...repository } = qualify(found, found.registry ?? 'docker.io')
  return digest ? { ...repository, digest } : withDefaultTag(qualify(found, found.registry ?? 'docker.io'))
}
