import type { Output } from '../../../contract/index.ts'
import { type ImageSource, parseImageConfig, type Reference, repositoryName } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import type { Verb } from '../../verbs.ts'
import { readConfig } from './config.ts'
import { manifestFor, type RemoteFields, withSource } from './open.ts'
import { repositoryTags } from './tags.ts'

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
  { name, reference }: ImageSource,
  input: RemoteFields & { noTags: boolean },
  signal: AbortSignal | undefined,
): Promise<{ Name?: string; RepoTags: string[] }> {
  if (!reference || !name.startsWith('docker:')) return { RepoTags: [] }
  const RepoTags = input.noTags ? [] : await repositoryTags(context, bare(reference), input, signal)
  return { Name: repositoryName(reference), RepoTags }
}

const bare = ({ registry, repository }: Reference): Reference => ({ registry, repository })
