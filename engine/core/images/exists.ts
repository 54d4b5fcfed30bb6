import type { Verb } from '../verbs.ts'
import { findImage } from './find.ts'

export const exists: Verb<'image.exists'> = async (context, { name }) => {
  findImage(context.database, name)
}
