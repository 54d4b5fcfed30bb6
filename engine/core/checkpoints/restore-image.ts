import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type Descriptor, parseManifest } from '../../image/index.ts'
import type { Context } from '../context.ts'
import { lookUpImage } from '../images/resolve/find.ts'
import { openStoreSource } from '../images/transports/store-source.ts'
import { annotationPrefix } from './checkpoint-image.ts'
import type { RestoreCall } from './load.ts'
import { importCheckpoint } from './restore-import.ts'

/**
 * Makes a container from a checkpoint image and starts it from the saved state, as an import of the archive that its layer is.
 *
 * @returns the new container's id.
 * @throws ContainerNotFound where no image has the name either; CheckpointInvalid where the image is none of a checkpoint.
 */
export async function restoreImage(context: Context, input: Parsed<'container.restore'>, call: RestoreCall): Promise<string> {
  const { container: name } = input
  const found = lookUpImage(context.database, name)
  if (!found) throw new EngineError('ContainerNotFound', `no such container or image: ${name}`, { details: { container: name } })
  const { id } = found.record
  const source = await openStoreSource(context, id, { signal: call.signal })
  try {
    const { bytes, mediaType } = await source.manifest()
    const manifest = parseManifest(bytes, mediaType, `The manifest of ${name}`)
    const layer: Descriptor | undefined = manifest.kind === 'manifest' ? manifest.layers[0] : undefined
    if (manifest.kind !== 'manifest' || !layer || manifest.annotations[`${annotationPrefix}name`] === undefined)
      throw new EngineError('CheckpointInvalid', `image is not a checkpoint: ${id}`, { details: { image: id } })
    return await importCheckpoint(context, { archive: source.blob(layer) }, input, call)
  } finally {
    await source.close()
  }
}
