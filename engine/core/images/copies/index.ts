import { EngineError } from '../../../errors/index.ts'
import {
  type Digest,
  type IndexChanges,
  type ManifestFamily,
  manifestFamily,
  type ManifestIndex,
  mediaTypes,
  parseAnyManifest,
  parseImageList,
  type Reference,
  rewriteIndex,
  selectPlatform,
  type SourceManifest,
  toReference,
  usesZstd,
  wantedPlatform,
} from '../../../image/index.ts'
import type { CopyInput, CopyResult } from './choice.ts'
import { requireTrust } from '../trust/require-trust.ts'
import { copyOne, requireNamed } from './image.ts'
import { chooseFamily } from './plan.ts'
import { type Signatures, signaturesFor } from './signatures.ts'
import { stepsFor } from './recompress-list.ts'

export type { CopyInput, CopyResult } from './choice.ts'
export { reportTransfer, type TransferItem, type TransferProgress } from './progress.ts'

/**
 * Copies an image, an artifact or a list from anywhere to anywhere. What needs no change arrives byte for byte, under the same
 * digest; blobs that are there are not sent. It becomes visible at the destination once it is complete; on failure nothing of it
 * does. Commits or discards the destination; the caller closes the source.
 * @throws what the two transports throw, ManifestInvalid, ImagePlatformMissing, NotSupported, DigestMismatch, SizeMismatch, Cancelled
 */
export async function copyImage(input: CopyInput): Promise<CopyResult> {
  try {
    const result = await copyInto(input)
    await input.destination.commit()
    return result
  } catch (error) {
    await input.destination
      .discard()
      .catch((second: unknown) => input.context.log.warn(`after a failed copy to ${input.destination.name}: ${String(second)}`))
    if (input.signal.aborted && !EngineError.is(error, 'Cancelled'))
      throw new EngineError('Cancelled', 'The copy was cancelled.', { cause: error })
    throw error
  }
}

/** As {@link copyImage}, without ending the destination: for those that take several images. */
export async function copyInto(input: CopyInput): Promise<CopyResult> {
  const { source, destination, progress, signal, platform, trust } = input
  if (destination.fetch) {
    refuseChanges(input)
    if (!input.removeSignatures) progress.line('Getting image source signatures')
    const choice = { progress, signal, ...(platform ? { platform } : {}), ...(trust ? { trust } : {}) }
    return { digest: await destination.fetch(source, choice) }
  }
  const signatures = signaturesFor(destination, input, identityOf(input))
  const what = `The image ${source.name}`
  const top = await source.manifest()
  const parsed = parseAnyManifest(top.bytes, top.mediaType, what)
  const manifest =
    parsed.kind === 'manifest'
      ? await copyOne({ input, signatures, found: top, what, top: true })
      : await copyIndex(input, signatures, { ...top, mediaType: parsed.mediaType }, parsed, what)
  return { digest: manifest.digest, manifest }
}

/** The name that new signatures claim: in full, as it is never looked up. @throws ImageReferenceInvalid */
function identityOf({ signIdentity, destination }: CopyInput): Reference | undefined {
  return signIdentity ? toReference(signIdentity) : destination.reference
}

/** The store keeps an image as it comes. */
function refuseChanges({ destination, format, compressionFormat, images }: CopyInput): void {
  if (!format && !compressionFormat && (images ?? 'system') === 'system') return
  throw new EngineError(
    'NotSupported',
    `${destination.name} keeps one image as it comes: leave out the format, the compression and other platforms.`,
  )
}

async function copyIndex(
  input: CopyInput,
  signatures: Signatures,
  top: SourceManifest,
  index: ManifestIndex,
  what: string,
): Promise<SourceManifest> {
  const { source, destination, progress, images = 'system' } = input
  if (images === 'system') {
    const chosen = selectPlatform(index, wantedPlatform(input.platform ?? {}), what)
    return copyOne({ input, signatures, found: await instance(input, chosen, what), what, top: true })
  }
  if (!destination.traits.lists)
    throw new EngineError('NotSupported', `${destination.name} holds one image and no list: choose one of the platforms.`)
  await requireTrust(source, top, { ...input.trust, signal: input.signal })
  if (!input.removeSignatures) progress.line('Getting image list signatures')
  if (images === 'index-only') progress.line(`Copying 0 images generated from ${index.manifests.length} images in list`)
  const edits = images === 'all' ? await copyInstances(input, signatures, top, index, what) : { changed: new Map(), added: [] }
  const family = chooseListFamily(input, index.mediaType, edits)
  const same = manifestFamily(index.mediaType) === family && edits.changed.size === 0 && edits.added.length === 0
  const changes = same ? undefined : 'its list has to be changed'
  if (changes !== undefined && input.preserveDigests)
    throw new EngineError(
      'NotSupported',
      `${what} cannot be copied to ${destination.name} with its digests preserved: ${changes}.`,
    )
  const existing = await signatures.prepare(source, top.digest, changes)
  const { manifest, lost } = changes === undefined ? { manifest: top, lost: [] } : rewriteIndex(top, family, edits, what)
  if (lost.length > 0)
    progress.line(`WARNING: Docker's format has no place for ${lost.join(' and ')} of ${what.replace(/^The/, 'the')}`)
  progress.line('Writing manifest list to image destination')
  requireNamed(destination, manifest)
  await destination.putManifest(manifest, true)
  progress.line('Storing list signatures')
  await signatures.put(manifest, existing)
  return manifest
}

type Edits = Required<IndexChanges>

/** Sends the images of a list, one after another, and those in other compressions that are to be added. */
async function copyInstances(
  input: CopyInput,
  signatures: Signatures,
  top: SourceManifest,
  index: ManifestIndex,
  what: string,
): Promise<Edits> {
  const { progress } = input
  const edits = { changed: new Map<Digest, SourceManifest>(), added: [] as Edits['added'][number][] }
  const entries = [...new Map(index.manifests.map((entry) => [entry.digest, entry])).values()]
  const read = (entry: (typeof entries)[number]): Promise<SourceManifest> => instance(input, entry, what)
  const steps = await stepsFor(input, parseImageList(top.bytes, top.mediaType, what), entries, read, what)
  progress.line(`Copying ${steps.length} images generated from ${index.manifests.length} images in list`)
  const written = new Set<Digest>()
  for (const [i, { entry, compression }] of steps.entries()) {
    progress.line(`${compression ? 'Replicating' : 'Copying'} image ${entry.digest} (${i + 1}/${steps.length})`)
    const choice = compression ? { ...input, compressionFormat: compression, compressionLevel: undefined } : input
    const job = { input: choice, signatures, found: await read(entry), what: `${what} (${entry.digest})`, top: false }
    const manifest = await copyOne(job)
    if (!compression && manifest.digest !== entry.digest) edits.changed.set(entry.digest, manifest)
    if (compression && !written.has(manifest.digest)) edits.added.push({ like: entry.digest, manifest })
    written.add(manifest.digest)
  }
  return edits
}

/** Docker's lists do not say what is compressed with zstd: where that was added, the list becomes OCI's if it may. */
function chooseListFamily(input: CopyInput, mediaType: string, { added }: Edits): ManifestFamily {
  const family = chooseFamily(input, mediaType, true)
  const { manifestTypes } = input.destination.traits
  const mayBeOci = !input.format && (manifestTypes.length === 0 || manifestTypes.includes(mediaTypes.ociIndex))
  return mayBeOci && added.some(({ manifest }) => usesZstd(manifest)) ? 'oci' : family
}

async function instance({ source }: CopyInput, entry: ManifestIndex['manifests'][number], what: string): Promise<SourceManifest> {
  const found = await source.manifest(entry.digest)
  if (found.bytes.length !== entry.size)
    throw new EngineError(
      'SizeMismatch',
      `${what} has a manifest of ${found.bytes.length} bytes where its list says ${entry.size}.`,
    )
  return { ...found, mediaType: entry.mediaType }
}
