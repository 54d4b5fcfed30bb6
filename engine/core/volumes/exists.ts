import type { Verb } from '../verb.ts'
import { requireVolume } from './find.ts'

/** Succeeds if there is a volume of exactly that name. */
export const exists: Verb<'volume.exists'> = async (context, { name }) => {
  requireVolume(context, name)
}
