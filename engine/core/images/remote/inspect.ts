import type { Output } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import {
  type ImageSource,
  parseImageConfig,
  parseTransport,
  type Reference,
  repositoryName,
  splitPath,
  toReference,
} from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import type { Verb } from '../../verb.ts'
import { archiveName } from '../transports/docker/docker-archive-source.ts'
import { readConfig } from './config.ts'
import { manifestFor, type RemoteFields, withSource } from './open.ts'
import { noTags, repositoryTags } from './tags.ts'

/** Shows an image elsewhere: of its layers only what the manifest says. */
export const inspect: Verb<'image.remoteInspect'> = (context, input, { signal }) =>
  withSource(context, input, signal, async (source, top) => {
    const manifest = await manifestFor(source, top, input)
    const document = parseImageConfig(await readConfig(source, manifest), `the image ${source.name}`)
    const layers: NonNullable<Output<'image.remoteInspect'>['LayersData']> = manifest.layers.map((layer) => ({
      MIMEType: layer.mediaType,
      Digest: layer.digest,
      Size: layer.size,
      Annotations: sorted(layer.annotations),
    }))
    const { created, dockerVersion, architecture, os, variant, config } = document
    const { Name, RepoTags } = await nameAndTags(context, source, input, signal)
    return {
      ...(Name === undefined ? {} : { Name }),
      Digest: top.digest,
      RepoTags,
      Created: created.startsWith('0001-') ? null : created,
      DockerVersion: dockerVersion,
      Labels: sorted(config.Labels),
      Architecture: architecture,
      ...(variant ? { Variant: variant } : {}),
      Os: os,
      Layers: layers.map(({ Digest }) => Digest),
      LayersData: layers,
      Env: config.Env ?? null,
    }
  })

/** In the order of the keys, as Go writes maps. */
function sorted(map: Readonly<Record<string, string>> | null | undefined): Record<string, string> | null {
  return map ? Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1))) : null
}

async function nameAndTags(
  context: Context,
  { reference }: ImageSource,
  input: RemoteFields & { noTags: boolean },
  signal: AbortSignal | undefined,
): Promise<{ Name?: string; RepoTags: string[] }> {
  const named = reference ?? archivedName(input.reference)
  const { transport } = parseTransport(input.reference)
  if (!named || transport === 'dir' || transport === 'oci' || transport === 'oci-archive') return { RepoTags: [] }
  if (!reference || transport !== 'docker') return { Name: repositoryName(named), RepoTags: [] }
  const RepoTags = input.noTags ? [] : await tagsWhereListed(context, bare(reference), input, signal)
  return { Name: repositoryName(reference), RepoTags }
}

/**
 * All tags; none where images may be read and tags not listed, as Amazon's registries have it (the public one answers that there
 * is no such thing).
 */
async function tagsWhereListed(
  context: Context,
  reference: Reference,
  input: RemoteFields,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  try {
    return await repositoryTags(context, reference, input, signal)
  } catch (error) {
    const unlisted =
      EngineError.is(error, 'RegistryUnauthorized') ||
      (EngineError.is(error, 'ImageUnknown') && reference.registry === 'public.ecr.aws')
    if (!unlisted) throw noTags(error)
    context.log.warn('Registry disallows list tags; skipping', { registry: reference.registry })
    return []
  }
}

/** The name that `docker-archive:PATH:NAME` has. */
function archivedName(text: string): Reference | undefined {
  const { transport, rest } = parseTransport(text)
  const { name } = splitPath(rest)
  return transport === 'docker-archive' && name !== '' && !name.startsWith('@') ? toReference(archiveName(name)) : undefined
}

const bare = ({ registry, repository }: Reference): Reference => ({ registry, repository })
