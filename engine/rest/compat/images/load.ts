import type { Mapping } from '../mapping.ts'
import { familiar } from '../names.ts'

/** Loads images from an archive. */
export const load: Mapping<'docker.image.load'> = async (engine, { body }, options) => {
  const { Names } = await engine['image.load']({ body }, options)
  return (async function* () {
    for (const name of Names) yield { stream: `${loaded(name)}\n` }
  })()
}

const loaded = (name: string): string =>
  /^(?:sha256:)?[0-9a-f]{64}$/.test(name) ? `Loaded image ID: ${name}` : `Loaded image: ${familiar(name)}`
