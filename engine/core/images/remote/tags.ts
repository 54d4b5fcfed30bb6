import { EngineError } from '../../../errors/index.ts'
import { type Reference, repositoryName } from '../../../image/index.ts'
import { readRegistriesConf, sourcesOf } from '../../../registry/index.ts'
import type { Context } from '../../context.ts'
import { accessOf, type RegistryFields } from '../transports/access-of.ts'
import type { Verb } from '../../verb.ts'
import { listArchiveNames } from '../transports/docker/docker-archive-names.ts'
import { parseTransport } from '../transports/index.ts'
import { openWith } from '../transports/registry-access.ts'
import { registryReference } from '../transports/registry-source.ts'

/** The tags of a repository, or the names in a docker-archive. */
export const tags: Verb<'image.remoteTags'> = async (context, input, { signal }) => {
  const { transport, rest } = parseTransport(input.reference)
  if (transport === 'docker-archive') return { Tags: await listArchiveNames(context, rest) }
  if (transport !== 'docker')
    throw new EngineError(
      'NotSupported',
      `Unsupported transport '${transport}' for tag listing. Only supported: docker, docker-archive`,
      { details: { transport } },
    )
  if (/[:@][^/]*$/.test(rest.replace(/^[^/]*\//, '')))
    throw new EngineError('InvalidArgument', `No tag or digest allowed in reference: ${input.reference} must be a repository.`)
  const { registry, repository } = registryReference(rest)
  const reference = { registry, repository }
  return { Repository: repositoryName(reference), Tags: await repositoryTags(context, reference, input, signal) }
}

/** Why there are no tags, for callers that want more than tags: no image is missing because of that. */
export function noTags(error: unknown, of = ''): EngineError {
  const failure = EngineError.from(error)
  const code = failure.code === 'ImageUnknown' ? 'NotFound' : failure.code
  return new EngineError(code, `Error determining repository tags${of}: ${failure.message}`, {
    details: failure.details,
    cause: error,
  })
}

/** All tags of a registry's repository. Mirrors need not have all of them and are not queried. */
export async function repositoryTags(
  context: Context,
  reference: Reference,
  input: RegistryFields,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const place = sourcesOf(await readRegistriesConf(), reference, input.tlsVerify).at(-1)!
  const repository = await openWith(context, place, accessOf(input, signal))
  try {
    return await repository.tags()
  } finally {
    repository.close()
  }
}
