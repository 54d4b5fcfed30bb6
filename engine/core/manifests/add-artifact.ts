import path from 'node:path'

import {
  type Descriptor,
  type Digest,
  digestOf,
  emptyBlob,
  emptyDescriptor,
  extensionType,
  formatArtifact,
  mediaTypes,
  titleAnnotation,
} from '../../image/index.ts'
import { storeFile } from '../artifacts/store-file.ts'
import type { Context } from '../context.ts'
import { imageBlobs } from '../images/store/image-store.ts'
import { addMember, type Draft, onlyHere } from './change.ts'

/** An artifact that is made from files for a list; as podman names the fields. */
export interface ArtifactFields {
  artifact_type?: string | null | undefined
  /** Its content. */
  artifact_config?: string | null | undefined
  artifact_config_type?: string | null | undefined
  artifact_layer_type?: string | null | undefined
  artifact_exclude_titles?: boolean | null | undefined
  artifact_annotations?: Record<string, string> | null | undefined
  artifact_files?: string[] | null | undefined
}

/**
 * Makes an artifact (OCI 1.1) from files and puts it into a list. The files are copied: they may go. Inside `withSharedLock`.
 * @throws InvalidArgument, DiskFull
 */
export async function addArtifact(context: Context, draft: Draft, fields: ArtifactFields): Promise<Digest> {
  const blobs = imageBlobs(context)
  const files = (fields.artifact_files ?? []).map((file) => path.resolve(file))
  const layers: Descriptor[] = []
  for (const file of files) layers.push(await toLayer(context, file, fields))
  const config = toConfig(fields)
  blobs.put(config.bytes)
  // An image's manifest has at least one layer, if only an empty one.
  if (layers.length === 0) blobs.put(emptyBlob)
  const artifactType = fields.artifact_type ?? 'application/vnd.unknown.artifact.v1'
  const manifest = formatArtifact({
    artifactType,
    config: config.descriptor,
    layers: layers.length > 0 ? layers : [emptyDescriptor],
    annotations: fields.artifact_annotations ?? undefined,
  })
  const digest = digestOf(manifest)
  addMember(context, draft, {
    entry: {
      mediaType: mediaTypes.ociManifest,
      digest,
      size: manifest.length,
      platform: { architecture: '', os: '' },
      ...(artifactType ? { artifactType } : {}),
    },
    manifest,
    source: onlyHere,
  })
  draft.facts.files[digest] = files
  return digest
}

async function toLayer(context: Context, file: string, fields: ArtifactFields): Promise<Descriptor> {
  const { digest, size, type } = await storeFile(context, file)
  const title = path.basename(file)
  return {
    mediaType: fields.artifact_layer_type ?? (extensionType(title) ?? type).replace(/;.*/s, '').trim(),
    digest,
    size,
    ...(fields.artifact_exclude_titles ? {} : { annotations: { [titleAnnotation]: title } }),
  }
}

function toConfig({ artifact_config: content, artifact_config_type: type }: ArtifactFields): {
  bytes: Buffer
  descriptor: Descriptor
} {
  if (!content) return { bytes: emptyBlob, descriptor: { ...emptyDescriptor, ...(type ? { mediaType: type } : {}) } }
  const bytes = Buffer.from(content)
  return {
    bytes,
    descriptor: {
      mediaType: type || mediaTypes.ociConfig,
      digest: digestOf(bytes),
      size: bytes.length,
      data: bytes.toString('base64'),
    },
  }
}
