import { EngineError } from '../../../errors/index.ts'
import {
  type Descriptor,
  isForeignLayer,
  layerCompression,
  type Manifest,
  type ManifestFamily,
  type NewLayer,
  parseAnyManifest,
  rewriteManifest,
  type SourceManifest,
} from '../../../image/index.ts'
import { wantsSignatures } from '../trust/make-signatures.ts'
import { requireTrust } from '../trust/require-trust.ts'
import { blobOf, copyBlob, inParallel, requireNotAborted } from './blob.ts'
import type { CopyInput } from './choice.ts'
import { chooseFamily, type Plan, planManifest } from './plan.ts'
import { recompress, type Target } from './recompress.ts'
import type { Signatures } from './signatures.ts'
import { verified } from './verified.ts'

/** Blobs that are sent concurrently, by default. */
const parallel = 6

export interface ImageJob {
  input: CopyInput
  signatures: Signatures
  /** The manifest as the source has it. */
  found: SourceManifest
  /** What messages call it. */
  what: string
  /** Whether the destination's name is to stand for it. */
  top: boolean
}

/** Sends one image or artifact: its blobs, its config, its manifest. Returns the manifest as it was written. */
export async function copyOne(job: ImageJob): Promise<SourceManifest> {
  const { input, signatures, found, what, top } = job
  const { source, destination, progress, signal } = input
  await requireTrust(source, found, { ...input.trust, signal })
  const manifest = parseAnyManifest(found.bytes, found.mediaType, what)
  if (manifest.kind === 'index') throw new EngineError('ManifestInvalid', `${what} is not usable: its index lists another index.`)
  const plan = planManifest(input, manifest, chooseFamily(input, manifest.mediaType, false), what)
  if (!input.removeSignatures) progress.line('Getting image source signatures')
  const existing = await signatures.prepare(source, found.digest, plan.changes)
  if (plan.changes === undefined && existing.length === 0 && (await isThere(job))) {
    progress.line('Skipping: image already present at destination')
    return found
  }
  const layers = await copyBlobs(input, manifest, plan)
  progress.line(`Copying config ${manifest.config.digest}`)
  let written = asPlanned(
    { ...found, mediaType: manifest.mediaType },
    plan.changes === undefined ? undefined : plan.family,
    layers,
    job,
  )
  if (top) requireNamed(destination, written)
  requireNotAborted(signal)
  progress.line('Writing manifest to image destination')
  try {
    await destination.putManifest(written, top)
  } catch (error) {
    if (!canFallBack(input, plan, existing, error)) throw error
    written = asPlanned({ ...found, mediaType: manifest.mediaType }, 'docker', layers, job)
    await destination.putManifest(written, top)
  }
  await signatures.put(written, existing)
  return written
}

async function isThere({ input, found, top }: ImageJob): Promise<boolean> {
  if (!input.skipExisting || wantsSignatures(input) || !input.destination.existing) return false
  return (await input.destination.existing(top ? undefined : found.digest)) === found.digest
}

/** @throws DigestMismatch when a destination is named by a digest, and what is to be written has another. */
export function requireNamed({ name, reference }: CopyInput['destination'], { digest: actual }: SourceManifest): void {
  const expected = reference?.digest
  if (expected === undefined || expected === actual) return
  throw new EngineError(
    'DigestMismatch',
    `${name} names a digest, and what would be written there has another one (${actual}): name a tag, or leave the image's format alone.`,
    { details: { expected, actual } },
  )
}

function asPlanned(
  found: SourceManifest,
  family: ManifestFamily | undefined,
  layers: NewLayer[],
  { input, what }: ImageJob,
): SourceManifest {
  if (family === undefined) return found
  const { manifest, lost } = rewriteManifest(found, family, layers, what)
  if (lost.length > 0)
    input.progress.line(`WARNING: Docker's format has no place for ${lost.join(' and ')} of ${what.replace(/^The/, 'the')}`)
  return manifest
}

/** A registry from before OCI refuses its manifests: Docker's format is then tried, unless another one was requested. */
function canFallBack(
  { format, preserveDigests }: CopyInput,
  { family }: Plan,
  existing: readonly Uint8Array[],
  error: unknown,
): boolean {
  if (format || preserveDigests || family !== 'oci' || existing.length > 0) return false
  if (!EngineError.is(error, 'RegistryProtocol')) return false
  const { status, reason } = error.details
  return status === 415 || (status === 400 && reason === 'MANIFEST_INVALID')
}

/** Sends layers and config. Returns the layers as they were sent, in the manifest's order. */
async function copyBlobs(input: CopyInput, manifest: Manifest, plan: Plan): Promise<NewLayer[]> {
  const { progress, source, destination, signal } = input
  const done: NewLayer[] = manifest.layers.map(({ mediaType, digest, size }) => ({
    digest,
    size,
    compression: layerCompression(mediaType) ?? 'none',
  }))
  // The same layer may be listed more than once: it is sent once.
  const first = new Map(manifest.layers.map((layer, i) => [layer.digest, i] as const).toReversed())
  const jobs = [...first.values()].toSorted((a, b) => a - b).filter((i) => !staysElsewhere(manifest.layers[i]!))
  // The config is small but takes as many round trips as a layer: it is sent with them.
  const config = -1
  await inParallel([...jobs, config], input.parallelCopies ?? parallel, signal, async (i, going) => {
    const layer = i === config ? manifest.config : manifest.layers[i]!
    if (i !== config) progress.line(`Copying blob ${layer.digest}`)
    const target = plan.layers[i]
    const way = { ...input, signal: going }
    if (target === undefined) return copyBlob(way, layer, blobOf(source, layer, destination.traits.sends), source.kept)
    done[i] = await copyRecompressed(way, layer, target)
  })
  return manifest.layers.map(({ digest }) => done[first.get(digest)!]!)
}

/** Non-distributable layers are not sent: clients fetch them from the manifest's URLs. */
function staysElsewhere({ mediaType, urls }: Descriptor): boolean {
  return isForeignLayer(mediaType) && urls !== undefined && urls.length > 0
}

async function copyRecompressed(input: CopyInput, layer: Descriptor, compression: Target): Promise<NewLayer> {
  const { source, context, compressionLevel } = input
  const choice = { compression, ...(compressionLevel === undefined ? {} : { level: compressionLevel }) }
  const spooled = await recompress(verified(layer, blobOf(source, layer)), choice, context.root)
  try {
    const { digest, size, annotations, unclear } = spooled
    if (unclear) input.progress.line(`WARNING: the layer ${layer.digest} is sent as plain zstd, since it is ${unclear}`)
    await copyBlob(input, { mediaType: layer.mediaType, digest, size }, (offset) => spooled.bytes(offset))
    return { digest, size, compression: spooled.compression, ...(annotations ? { annotations } : {}) }
  } finally {
    spooled.close()
  }
}
