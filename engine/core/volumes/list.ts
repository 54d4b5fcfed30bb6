import { allVolumes } from '../../store/index.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Verb } from '../verb.ts'
import { volumeAnswer } from './answer.ts'
import { listFilter } from './filter.ts'

/** Lists volumes, oldest first. */
export const list: Verb<'volume.list'> = async (context, { filters }) => {
  const accepts = await listFilter(context, filters)
  return allVolumes(context.database, warnOfDamage(context))
    .filter((volume) => accepts(volume))
    .map((volume) => volumeAnswer(context, volume))
}
