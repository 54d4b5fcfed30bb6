import { formatReference } from '../../../image/index.ts'
import { readRegistriesConf, resolveShortName } from '../../../registry/index.ts'
import type { Verb } from '../../verb.ts'
import { lookUpImage } from './find.ts'
import { nameHere } from './name-here.ts'

/** The full names that a name may stand for. A short name of an image here needs no prompt. */
export const resolveName: Verb<'image.resolve'> = async (context, { name }) => {
  const conf = await readRegistriesConf()
  const here = nameHere(context, conf, name, lookUpImage(context.database, name))
  if (here) return { Names: [formatReference(here)] }
  const { references, undecided } = resolveShortName(conf, name)
  return { Names: references.map(formatReference), ...(undecided === undefined ? {} : { Ambiguous: true }) }
}
