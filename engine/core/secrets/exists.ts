import { findSecret } from '../../store/index.ts'
import type { Verb } from '../verb.ts'

/** Succeeds if the secret exists. */
export const exists: Verb<'secret.exists'> = async ({ database }, { name }) => {
  findSecret(database, name)
}
