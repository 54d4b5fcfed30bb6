import { EngineError } from '../../../errors/index.ts'
import { formatReference } from '../../../image/index.ts'
import { readRegistriesConf, sourcesOf } from '../../../registry/index.ts'
import { namesOfImage } from '../../../store/index.ts'
import { accessOf } from '../transports/access-of.ts'
import type { Context } from '../../context.ts'
import type { Verb } from '../../verb.ts'
import { collect } from '../store/collect.ts'
import { findImage } from '../resolve/find.ts'
import { removeImage } from '../remove.ts'
import { parseTransport } from '../transports/index.ts'
import { openWith } from '../transports/registry-access.ts'
import { registryReference } from '../transports/registry-source.ts'
import { storeName } from '../transports/store-source.ts'

/** Containers that use it keep it. @throws ImageNotFound, ImageInUse */
async function removeFromStore(context: Context, rest: string): Promise<void> {
  const { record } = findImage(context.database, storeName(rest, context))
  const names = namesOfImage(context.database, record.id).map(({ name }) => name)
  for (const name of names.length > 0 ? names : [record.id]) await removeImage(context, name)
  await collect(context)
}

/**
 * Deletes an image elsewhere. At a registry the manifest of a tag or digest is deleted, and so are all its tags; blobs are the
 * registry's to collect. In a layout the blobs that it alone needs go with it; in the store, all its names.
 */
export const remove: Verb<'image.remoteDelete'> = async (context, input, { signal }) => {
  const { transport, rest } = parseTransport(input.reference)
  if (transport === 'oci') return (await import('./delete-from-layout.ts')).deleteFromLayout(context, rest)
  if (transport === 'containers-storage') return removeFromStore(context, rest)
  if (transport !== 'docker')
    throw new EngineError('NotSupported', `Deleting images not implemented for ${transport}: images`, { details: { transport } })
  const reference = registryReference(rest)
  const place = sourcesOf(await readRegistriesConf(), reference, input.tlsVerify).at(-1)!
  const repository = await openWith(context, place, accessOf(input, signal), true)
  try {
    const digest =
      reference.digest ??
      (await repository.digest(reference.tag ?? 'latest')) ??
      (await repository.manifest(reference.tag ?? 'latest')).digest
    await repository.deleteManifest(digest)
  } catch (error) {
    if (!EngineError.is(error, 'ImageUnknown')) throw error
    throw new EngineError('ImageUnknown', `Unable to delete ${formatReference(reference)}: the registry has no such image.`, {
      details: error.details,
      cause: error,
    })
  } finally {
    repository.close()
  }
}
