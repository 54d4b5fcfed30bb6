import { allArtifacts } from '../../store/index.ts'
import type { Verb } from '../verbs.ts'
import { describeArtifact } from './describe.ts'

/** All artifacts, in the order they came. */
export const list: Verb<'artifact.list'> = (context) =>
  Promise.all(allArtifacts(context.database).map((record) => describeArtifact(context, record)))
