import { formatReference } from '../../image/index.ts'
import { readRegistriesConf, resolveShortName } from '../../registry/index.ts'
import type { Verb } from '../verbs.ts'
import { lookUpImage } from './find.ts'

/** The full names that a name may stand for. A short name that an image here has already is not asked about. */
export const resolveName: Verb<'image.resolve'> = async (context, { name }) => {
  const { references, undecided } = resolveShortName(await readRegistriesConf(), name)
  const names = references.map(formatReference)
  const here = undecided === undefined ? undefined : lookUpImage(context.database, name)?.name
  if (here !== undefined && names.includes(here)) return { Names: [here] }
  return { Names: names, ...(undecided === undefined ? {} : { Ambiguous: true }) }
}
