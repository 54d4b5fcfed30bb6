import { allArtifacts } from '../../store/index.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Verb } from '../verb.ts'
import { describeArtifact } from './describe.ts'

/** All artifacts, in the order they came. */
export const list: Verb<'artifact.list'> = (context) =>
  Promise.all(allArtifacts(context.database, warnOfDamage(context)).map((record) => describeArtifact(context, record)))
