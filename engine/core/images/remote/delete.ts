import { EngineError } from '../../../errors/index.ts'
import { formatReference } from '../../../image/index.ts'
import { readRegistriesConf, sourcesOf } from '../../../registry/index.ts'
import { accessOf } from '../../manifests/access.ts'
import type { Verb } from '../../verbs.ts'
import { parseTransport } from '../transports/index.ts'
import { openWith } from '../transports/registry-access.ts'
import { registryReference } from '../transports/registry-source.ts'

/** Deletes what a tag or digest stands for at a registry: the manifest, so all its tags go. Blobs are the registry's to collect. */
export const remove: Verb<'image.remoteDelete'> = async (_context, input, { signal }) => {
  const { transport, rest } = parseTransport(input.reference)
  if (transport !== 'docker')
    throw new EngineError('NotSupported', `Images are deleted at registries (docker://), not in ${transport}: places.`)
  const reference = registryReference(rest)
  const place = sourcesOf(await readRegistriesConf(), reference, input.tlsVerify).at(-1)!
  const repository = await openWith(place, accessOf(input, signal), true)
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
