import type { Verb } from '../verb.ts'
import { findImage } from './resolve/find.ts'

export const exists: Verb<'image.exists'> = async (context, { name }) => {
  findImage(context.database, name)
}
