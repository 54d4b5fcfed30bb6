import type { Verb } from '../verb.ts'
import { describeArtifact } from './describe.ts'
import { findArtifact } from './find.ts'

export const inspect: Verb<'artifact.inspect'> = async (context, { name }) =>
  describeArtifact(context, findArtifact(context, name))
