import { EngineError } from '../../../errors/index.ts'
import {
  type Descriptor,
  type Digest,
  digestOf,
  type ImageDestination,
  type ImageSource,
  isDigest,
  maxSignatureBytes,
  maxSignatures,
  mediaTypes,
  type Signature,
  type SigstoreSignature,
  sigstoreMimeType,
  type SourceManifest,
} from '../../../image/index.ts'
import { gather } from '../../../lib/async/gather.ts'
import { once } from '../../../lib/async/once.ts'

/** The tag under which cosign keeps what belongs to a manifest, in the same repository. */
export function attachmentTag(digest: Digest): string {
  return `${digest.replace(':', '-')}.sig`
}

/** Opens the image of another tag of the same repository. */
export type OpenTag = (tag: string) => Pick<ImageSource, 'manifest' | 'blob'>

interface AttachmentManifest {
  layers: Descriptor[]
}

/** The sigstore signatures attached to a manifest; none where the repository has no such tag. */
export async function readAttachments(openTag: OpenTag, digest: Digest): Promise<SigstoreSignature[]> {
  const source = openTag(attachmentTag(digest))
  const found = await attempt(() => source.manifest())
  if (!found) return []
  const layers = parseAttachments(found).layers.filter(({ mediaType }) => mediaType === sigstoreMimeType)
  const signatures: SigstoreSignature[] = []
  for (const layer of layers.slice(0, maxSignatures)) {
    const payload = await readVerified(source, layer)
    signatures.push({ format: 'sigstore', mimeType: layer.mediaType, payload, annotations: layer.annotations ?? {} })
  }
  return signatures
}

/** Adds signatures to those attached to a manifest, through a destination that is open on the attachment's tag. */
export async function writeAttachments(
  destination: ImageDestination,
  present: readonly SigstoreSignature[],
  added: readonly Signature[],
): Promise<void> {
  const all = [...present]
  for (const signature of added) {
    const same = (each: SigstoreSignature): boolean =>
      signature.format === 'sigstore' &&
      each.payload.equals(signature.payload) &&
      JSON.stringify(each.annotations) === JSON.stringify(signature.annotations)
    if (signature.format === 'sigstore' && !all.some(same)) all.push(signature)
  }
  try {
    const layers: Descriptor[] = []
    for (const { mimeType, payload, annotations } of all) {
      const layer = { mediaType: mimeType, digest: digestOf(payload), size: payload.length, annotations }
      if (!(await destination.has(layer))) await destination.putBlob(layer, once(payload))
      layers.push(layer)
    }
    const config = Buffer.from(
      JSON.stringify({
        architecture: '',
        os: '',
        config: {},
        rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      }),
    )
    const descriptor = { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length }
    if (!(await destination.has(descriptor))) await destination.putBlob(descriptor, once(config))
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: descriptor, layers }))
    await destination.putManifest({ bytes, digest: digestOf(bytes), mediaType: mediaTypes.ociManifest }, true)
    await destination.commit()
  } catch (error) {
    await destination.discard()
    throw error
  }
}

function parseAttachments({ bytes }: SourceManifest): AttachmentManifest {
  try {
    const { layers } = JSON.parse(bytes.toString('utf8')) as { layers?: unknown }
    if (Array.isArray(layers)) {
      return {
        layers: layers.filter(
          (layer): layer is Descriptor =>
            typeof layer?.digest === 'string' && isDigest(layer.digest) && Number.isSafeInteger(layer.size) && layer.size >= 0,
        ),
      }
    }
  } catch (error) {
    throw new EngineError('SignatureInvalid', 'The attached signatures cannot be read: their manifest is not JSON.', {
      cause: error,
    })
  }
  throw new EngineError('SignatureInvalid', 'The attached signatures cannot be read: their manifest has no layers.')
}

async function readVerified(source: Pick<ImageSource, 'blob'>, layer: Descriptor): Promise<Buffer> {
  if (layer.size > maxSignatureBytes) throw new EngineError('SignatureInvalid', 'An attached signature is larger than 4 MiB.')
  const { bytes, size } = await gather(source.blob(layer), layer.size)
  if (size === layer.size && digestOf(bytes) === layer.digest) return bytes
  throw new EngineError('SignatureInvalid', `The attached signature ${layer.digest} arrived with other content.`)
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (EngineError.is(error, 'ImageUnknown')) return undefined
    throw error
  }
}
