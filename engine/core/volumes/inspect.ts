import type { Verb } from '../verb.ts'
import { volumeAnswer } from './answer.ts'
import { findVolume } from './find.ts'

/** A volume in full. */
export const inspect: Verb<'volume.inspect'> = async (context, { name }) => volumeAnswer(context, findVolume(context, name))
