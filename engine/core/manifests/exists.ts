import type { Verb } from '../verb.ts'
import { findList } from './find.ts'

export const exists: Verb<'manifest.exists'> = async (context, { name }) => {
  findList(context, name)
}
