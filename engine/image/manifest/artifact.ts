import { type Digest, digestOf } from '../digest.ts'
import { goMap, goMarshal } from './go-marshal.ts'
import { ociDescriptor } from './image-list.ts'
import type { Descriptor } from './manifest.ts'
import { mediaTypes } from './media-types.ts'

/** The config of an artifact without one: `{}` (OCI image-spec manifest.md, "Guidance for an Empty Descriptor"). */
export const emptyBlob: Buffer = Buffer.from('{}')

export const emptyDescriptor: Descriptor = {
  mediaType: mediaTypes.ociEmpty,
  digest: digestOf(emptyBlob),
  size: emptyBlob.length,
  data: emptyBlob.toString('base64'),
}

/** The name of a file within an artifact. */
export const titleAnnotation = 'org.opencontainers.image.title'

/** What artifacts are made from. */
export interface ArtifactParts {
  artifactType?: string | undefined
  config: Descriptor
  layers: Descriptor[]
  subject?: Descriptor | undefined
  annotations?: Record<string, string> | undefined
}

/** Writes an artifact's manifest (OCI 1.1) as podman does, so that equal artifacts have equal digests. */
export function formatArtifact({ artifactType, config, layers, subject, annotations }: ArtifactParts): Buffer {
  const document = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: artifactType || undefined,
    config: ociDescriptor(config),
    layers: layers.map((layer) => ociDescriptor(layer)),
    subject: subject && ociDescriptor(subject),
    annotations: goMap(annotations),
  }
  return Buffer.from(goMarshal(document))
}

/** The name a file of an artifact gets where it is written: its title, else its digest. */
export function fileNameOf(layer: Pick<Descriptor, 'digest' | 'annotations'>): string {
  return layer.annotations?.[titleAnnotation] || (layer.digest as Digest).replace(':', '-')
}
