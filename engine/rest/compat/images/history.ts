import type { Mapping } from '../mapping.ts'
import { familiar, withAlgorithm } from '../names.ts'

/** The steps an image was made in. */
export const history: Mapping<'docker.image.history'> = async (engine, { name }, options) => {
  const steps = await engine['image.history']({ name }, options)
  return steps.map((step) => ({ ...step, Id: withAlgorithm(step.Id), Tags: step.Tags?.map(familiar) ?? null }))
}
