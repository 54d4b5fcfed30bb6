import { findPod } from '../../store/index.ts'
import type { Verb } from '../verb.ts'

/** Succeeds if the pod exists. */
export const exists: Verb<'pod.exists'> = async ({ database }, { name }) => {
  findPod(database, name)
}
