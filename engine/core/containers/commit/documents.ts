import {
  type Descriptor,
  digestOf,
  goMarshal,
  hostPlatform,
  type ImageDocument,
  type ImageSource,
  mediaTypes,
} from '../../../image/index.ts'
import { once } from '../../../lib/async/once.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { ImportedLayer } from '../../images/archive/imported-layer.ts'
import type { CommittedConfig } from './image-config.ts'

/** What a commit writes into an image's documents. */
export interface CommitFacts {
  record: ContainerRecord
  /** The image that the container was made from. */
  base: { document: ImageDocument; source: ImageSource; layers: readonly Descriptor[] } | undefined
  config: CommittedConfig
  author: string
  comment: string
  format: 'oci' | 'docker'
  squash: boolean
  /** RFC 3339. */
  created: string
}

/** The image as it can be fetched into the store: the layers of its base come from there. */
export function committedSource(layer: ImportedLayer, facts: CommitFacts): ImageSource {
  const document = Buffer.from(goMarshal(facts.format === 'docker' ? dockerDocument(layer, facts) : ociDocument(layer, facts)))
  const config = digestOf(document)
  const bytes = Buffer.from(goMarshal(manifest(layer, facts, { digest: config, size: document.length })))
  const mediaType = facts.format === 'docker' ? mediaTypes.dockerManifest : mediaTypes.ociManifest
  const { source } = facts.base ?? {}
  const isOwn = (digest: string): boolean => digest === layer.digest
  return {
    // Nothing of it comes from elsewhere, so that no policy for sources is about it.
    name: `containers-storage:${facts.record.name}`,
    manifest: async () => ({ bytes, digest: digestOf(bytes), mediaType }),
    blob(descriptor, offset = 0) {
      if (descriptor.digest === config) return once(document.subarray(offset))
      return isOwn(descriptor.digest) || !source ? layer.bytes(offset) : source.blob(descriptor, offset)
    },
    range: (descriptor) => (isOwn(descriptor.digest) ? layer.place : source?.range?.(descriptor)),
    close: () => {},
  }
}

function manifest(layer: ImportedLayer, { format, base, squash }: CommitFacts, config: { digest: string; size: number }) {
  const docker = format === 'docker'
  const own = { mediaType: docker ? dockerTypes.none : mediaTypes.ociLayer, digest: layer.digest, size: layer.size }
  const below = squash ? [] : (base?.layers ?? [])
  return {
    schemaVersion: 2,
    mediaType: docker ? mediaTypes.dockerManifest : mediaTypes.ociManifest,
    config: { mediaType: docker ? mediaTypes.dockerConfig : mediaTypes.ociConfig, ...config },
    layers: [...below.map(({ mediaType, digest, size }) => ({ mediaType: layerType(mediaType, docker), digest, size })), own],
  }
}

const dockerTypes = {
  none: 'application/vnd.docker.image.rootfs.diff.tar',
  gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
} as const

/** A layer's type in the format of the new manifest, by how it is compressed. */
function layerType(before: string, docker: boolean): string {
  const compression = /[.+](gzip|zstd)$/.exec(before)?.[1] as 'gzip' | 'zstd' | undefined
  if (docker) return dockerTypes[compression ?? 'none']
  return compression === undefined ? mediaTypes.ociLayer : `${mediaTypes.ociLayer}+${compression}`
}

function shared(layer: ImportedLayer, { record, base, author, squash, created }: CommitFacts) {
  const { document } = base ?? {}
  const history = squash ? [] : (document?.history ?? [])
  const host = hostPlatform()
  return {
    platform: {
      architecture: document?.architecture || host.architecture,
      os: document?.os || host.os,
      ...(document?.variant ? { variant: document.variant } : {}),
    },
    rootfs: { type: 'layers', diff_ids: [...(squash ? [] : (document?.diffIds ?? [])), layer.diffId] },
    history: [
      ...history,
      {
        created,
        created_by: '/bin/sh',
        ...(author === '' ? {} : { author }),
        ...(record.config.image ? { comment: `FROM ${record.config.image.name}` } : {}),
      },
    ],
  }
}

/** OCI image-spec, config.md. It has no place for Docker's Healthcheck, OnBuild and Shell. */
function ociDocument(layer: ImportedLayer, facts: CommitFacts) {
  const { platform, rootfs, history } = shared(layer, facts)
  const { Healthcheck: _check, OnBuild: _build, Shell: _shell, ...config } = facts.config
  const { created, author } = facts
  return { created, ...(author === '' ? {} : { author }), ...platform, config: filled(config), rootfs, history }
}

/** Docker's image specification 1.2. */
function dockerDocument(layer: ImportedLayer, facts: CommitFacts) {
  const { platform, rootfs, history } = shared(layer, facts)
  const { created, author, comment, record } = facts
  const config = { ...filled(facts.config), Image: record.config.image?.name ?? '' }
  return {
    ...(comment === '' ? {} : { comment }),
    created,
    container: record.id,
    container_config: config,
    ...(author === '' ? {} : { author }),
    config,
    ...platform,
    ...(record.config.image ? { parent: `sha256:${record.config.image.id}` } : {}),
    rootfs,
    history,
  }
}

/** Without what is empty, and with maps in the order of their keys, as Go writes them. */
function filled(config: CommittedConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([name, value]: [string, unknown]) => {
      if (value === undefined || value === '') return []
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return Array.isArray(value) && value.length === 0 ? [] : [[name, value]]
      if (Object.keys(value).length === 0) return []
      return [[name, name === 'Healthcheck' ? value : new Map(Object.entries(value))]]
    }),
  )
}
