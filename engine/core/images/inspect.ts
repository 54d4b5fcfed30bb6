import type { Output } from '../../contract/index.ts'
import { type ChainId, type Digest, type ImageRunConfig, limits, mediaTypes, parseManifest } from '../../image/index.ts'
import { byName } from '../../spec/pair.ts'
import { nameHistory } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { otherLayers } from './additional/attached.ts'
import { currentImages } from './resolve/current.ts'
import { digestNames, shownDigest, tagNames } from './resolve/names.ts'
import { resolveImage, type ResolvedImage } from './resolve/resolve-image.ts'
import { imageBlobs } from './store/image-store.ts'

export const inspect: Verb<'image.inspect'> = async (context, { name }) => {
  const image = await resolveImage(context, name)
  const { record, document, names } = image
  const config = inOrder(document.config)
  const history = nameHistory(context.database, record.id)
  return {
    Id: record.id,
    // By whichever digest it was asked for: that of its manifest, or of the index it came from.
    Digest: record.facts.digests.find((digest) => name.endsWith(`@${digest}`)) ?? shownDigest(names, record),
    RepoTags: tagNames(names),
    RepoDigests: digestNames(names, record),
    Parent: (await currentImages(context)).parent(record.id) ?? '',
    // Where each format has it: OCI's in the first step of the history.
    Comment:
      record.facts.manifest.mediaType === mediaTypes.dockerManifest ? document.comment : (document.history[0]?.comment ?? ''),
    Created: document.created,
    Config: config,
    Version: document.dockerVersion,
    Author: document.author,
    Architecture: document.architecture,
    Os: document.os,
    Size: record.size,
    VirtualSize: record.size,
    GraphDriver: await graphDriver(context, image),
    RootFS: { Type: 'layers', Layers: [...document.diffIds] },
    Labels: config.Labels ?? null,
    Annotations: await annotations(context, image),
    ManifestType: record.facts.manifest.mediaType,
    User: config.User ?? '',
    History: document.history,
    NamesHistory: history.length > 0 ? history : null,
    ...(document.healthcheck ? { Healthcheck: document.healthcheck } : {}),
  } satisfies Output<'image.inspect'>
}

/** In the order in which podman writes them. */
function inOrder(config: ImageRunConfig): ImageRunConfig {
  const { User, ExposedPorts, Env, Entrypoint, Cmd, Volumes, WorkingDir, Labels, StopSignal, ...others } = config
  const ordered = {
    User,
    ExposedPorts: ExposedPorts && byName(ExposedPorts),
    Env,
    Entrypoint,
    Cmd,
    Volumes: Volumes && byName(Volumes),
    WorkingDir,
    Labels: Labels && byName(Labels),
    StopSignal,
    ...others,
  }
  return Object.fromEntries(Object.entries(ordered).filter(([, value]) => value !== undefined))
}

async function graphDriver(context: Context, { record }: ResolvedImage): Promise<Output<'image.inspect'>['GraphDriver']> {
  const layers = await context.layers()
  const Name = layers.driver
  // A copy has no folders of which it is made.
  if (Name === 'vfs') return { Name, Data: null }
  const [top, ...below] = record.facts.chain.toReversed().map((chain) => {
    const id = chain as ChainId
    return layers.has(id) ? layers.path(id) : (otherLayers(context, chain)?.[0]?.path ?? layers.path(id))
  })
  if (!top) return { Name, Data: {} }
  return { Name, Data: { ...(below.length > 0 ? { LowerDir: below.join(':') } : {}), UpperDir: top } }
}

async function annotations(context: Context, { record }: ResolvedImage): Promise<Record<string, string>> {
  const { digest, mediaType } = record.facts.manifest
  const manifest = parseManifest(
    await imageBlobs(context).read(digest as Digest, limits.manifestBytes),
    mediaType,
    `The manifest of ${record.id.slice(0, 12)}`,
  )
  return manifest.kind === 'manifest' ? manifest.annotations : {}
}
