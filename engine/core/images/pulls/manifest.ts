import { EngineError } from '../../../errors/index.ts'
import {
  type BlobStore,
  type Descriptor,
  type Digest,
  digestOf,
  formatPlatform,
  type ImageDocument,
  type ImageSource,
  type Manifest,
  parseImageConfig,
  parseManifest,
  type Platform,
  selectPlatform,
  type SourceManifest,
} from '../../../image/index.ts'
import { gather } from '../../../lib/async/gather.ts'

/** The documents of an image. */
export interface ImagePlan {
  /** The manifest of the one platform. */
  manifest: Manifest
  manifestBytes: Buffer
  manifestDigest: Digest
  /** Digests the image is known by: of its manifest, and of the index it was listed in. */
  digests: string[]
  /** Bytes to keep beside the manifest. */
  indexBytes?: Buffer
  document: ImageDocument
  configBytes: Buffer
  /** Warnings for the user. */
  warnings: string[]
}

/**
 * Fetches manifest and config of an image.
 * @param wanted the platform; `named` when the caller asked for it and no other one is acceptable.
 * @throws as `ImageSource.manifest`, ManifestInvalid, ImagePlatformMissing
 */
export async function planImage(
  source: Pick<ImageSource, 'manifest' | 'blob'>,
  blobs: BlobStore,
  name: string,
  wanted: Platform,
  named: boolean,
): Promise<ImagePlan> {
  const what = `The image ${name}`
  const top = await source.manifest()
  const { manifest, fetched } = await narrow(source, top, wanted, what)
  const configBytes = await fetchConfig(source, blobs, manifest.config, what)
  const document = parseImageConfig(configBytes, what.replace('The', 'the'))
  if (document.diffIds.length !== manifest.layers.length) {
    throw new EngineError(
      'ManifestInvalid',
      `${what} is not usable: its manifest lists ${manifest.layers.length} layers and its configuration ${document.diffIds.length}.`,
    )
  }
  const actual: Platform = { os: document.os, architecture: document.architecture }
  const warnings: string[] = []
  if (document.architecture !== '' && (actual.os !== wanted.os || actual.architecture !== wanted.architecture)) {
    if (named)
      throw new EngineError(
        'ImagePlatformMissing',
        `${what} is for ${formatPlatform(actual)}, not for ${formatPlatform(wanted)}.`,
        { details: { platform: formatPlatform(wanted) } },
      )
    warnings.push(`image platform (${formatPlatform(actual)}) does not match the expected platform (${formatPlatform(wanted)})`)
  }
  return {
    manifest,
    manifestBytes: fetched.bytes,
    manifestDigest: fetched.digest,
    digests: [...new Set([top.digest, fetched.digest])],
    ...(top.digest === fetched.digest ? {} : { indexBytes: top.bytes }),
    document,
    configBytes,
    warnings,
  }
}

async function narrow(
  source: Pick<ImageSource, 'manifest'>,
  top: SourceManifest,
  wanted: Platform,
  what: string,
): Promise<{ manifest: Manifest; fetched: SourceManifest }> {
  const parsed = parseManifest(top.bytes, top.mediaType, what)
  if (parsed.kind === 'manifest') return { manifest: parsed, fetched: top }
  const chosen = selectPlatform(parsed, wanted, what)
  const fetched = await source.manifest(chosen.digest)
  if (fetched.bytes.length !== chosen.size) {
    throw new EngineError(
      'SizeMismatch',
      `${what} has a manifest of ${fetched.bytes.length} bytes where its index says ${chosen.size}.`,
    )
  }
  const manifest = parseManifest(fetched.bytes, chosen.mediaType, what)
  if (manifest.kind === 'index') throw new EngineError('ManifestInvalid', `${what} is not usable: its index lists another index.`)
  return { manifest, fetched }
}

async function fetchConfig(
  source: Pick<ImageSource, 'blob'>,
  blobs: BlobStore,
  descriptor: Descriptor,
  what: string,
): Promise<Buffer> {
  // Image ids are sha256, also where a blob with another digest is there already.
  if (!descriptor.digest.startsWith('sha256:'))
    throw new EngineError('ManifestInvalid', `${what} has a configuration whose digest is not sha256: ${descriptor.digest}.`)
  if (blobs.has(descriptor.digest)) return blobs.read(descriptor.digest, descriptor.size)
  const { bytes, size } = await gather(source.blob(descriptor), descriptor.size)
  if (size > descriptor.size)
    throw new EngineError(
      'SizeMismatch',
      `${what} has a configuration longer than the ${descriptor.size} bytes its manifest says.`,
    )
  const actual = digestOf(bytes)
  if (actual === descriptor.digest) return bytes
  throw new EngineError(
    'DigestMismatch',
    `The configuration of ${what.replace('The', 'the')} arrived with other content (${actual}) than its digest ${descriptor.digest}.`,
  )
}
