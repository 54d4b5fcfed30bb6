import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'

/** One image as an archive. */
export const get: Mapping<'docker.image.get'> = (engine, { name }, options) =>
  engine['image.export']({ references: [name], format: 'docker-archive' }, options)

/** Several images as one archive; names may be separated by commas as well. */
export const exportImages: Mapping<'docker.image.export'> = async (engine, { names }, options) => {
  const references = names.flatMap((each) => each.split(',')).filter((each) => each !== '')
  if (references.length === 0) throw new EngineError('InvalidArgument', 'No image was named: give names.')
  return engine['image.export']({ references, format: 'docker-archive' }, options)
}
