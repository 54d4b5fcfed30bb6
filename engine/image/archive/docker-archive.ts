import { EngineError } from '../../errors/index.ts'
import { type ArchiveFile, archiveInvalid, archiveLimits, type ArchiveMember, quote } from './archive-file.ts'
import { parseImageConfig } from '../config.ts'
import { decompress, type Inflate } from '../blobs/decompress.ts'
import { type Digest, digestOf } from '../digest.ts'
import { limits } from '../manifest/manifest.ts'
import { detectCompression, mediaTypes } from '../manifest/media-types.ts'
import type { ImageSource, SourceManifest } from '../transfer.ts'

/** An image as `manifest.json` of a docker-archive lists it (moby image/spec/spec.md, "Combined Image JSON + Filesystem Changeset Format"). */
export interface DockerArchiveImage {
  /** Its config's name in the archive. */
  config: string
  /** As written there, `bb:1` or `registry/bb:1`. */
  tags: string[]
  /** Names of its layers in the archive, lowest first. */
  layers: string[]
}

/** Limits on inflating a layer: a copy of the store's own, since the size has to be known before it is unpacked. */
const inflation = { ratio: 250, freeBytes: 1024 ** 3 }

/** @throws ArchiveInvalid when `manifest.json` is missing or is not a list of images. */
export function readDockerArchive(file: ArchiveFile): DockerArchiveImage[] {
  if (!file.find('manifest.json') && file.find('repositories'))
    throw archiveInvalid(
      file.name,
      'it was written by a docker before 1.10, without manifest.json; save it again with a newer one',
    )
  const bytes = file.read('manifest.json', archiveLimits.documentBytes)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw archiveInvalid(file.name, 'its manifest.json is not JSON', error)
  }
  if (!Array.isArray(value)) throw archiveInvalid(file.name, 'its manifest.json is not a list')
  if (value.length > archiveLimits.images) throw archiveInvalid(file.name, `it lists more than ${archiveLimits.images} images`)
  return value.map((entry: unknown) => toImage(entry, file.name))
}

function toImage(value: unknown, archive: string): DockerArchiveImage {
  const { Config, RepoTags, Layers } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (typeof Config !== 'string' || Config === '') throw archiveInvalid(archive, 'an image in its manifest.json has no Config')
  if (!isTexts(Layers)) throw archiveInvalid(archive, 'an image in its manifest.json has no list of Layers')
  if (Layers.length > limits.layers)
    throw archiveInvalid(archive, `an image in it has ${Layers.length} layers, more than the ${limits.layers} that are supported`)
  return { config: Config, tags: isTexts(RepoTags) ? RepoTags : [], layers: Layers }
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === 'string')

interface Layer {
  member: ArchiveMember
  compressed: boolean
  /** Uncompressed. */
  size: number
}

/**
 * One image of a docker-archive. Its manifest is made here, since the archive has none; the config, and so the image's id, is the
 * archive's. Layers come uncompressed, under their diff ids, whatever they are in the archive. (Podman's manifest calls them gzip
 * all the same, so that its digest is another one; copies of the image would be misdescribed.)
 * @param options.gzip inflates in some faster way. Closing the source leaves `file` open.
 * @throws ArchiveInvalid, ManifestInvalid (its config), LayerInvalid (a compressed layer that is damaged)
 */
export async function dockerArchiveSource(
  file: ArchiveFile,
  image: DockerArchiveImage,
  options: { name: string; gzip?: Inflate },
): Promise<ImageSource> {
  const configBytes = file.read(image.config, limits.configBytes)
  const { diffIds } = parseImageConfig(configBytes, `the image ${options.name}`)
  if (diffIds.length !== image.layers.length) {
    throw archiveInvalid(
      file.name,
      `the image ${quote(image.config)} has ${image.layers.length} layers in manifest.json and ${diffIds.length} in its configuration`,
    )
  }
  const inflate = options.gzip ? { gzip: options.gzip } : {}
  const layers = new Map<string, Layer>()
  for (const [i, diffId] of diffIds.entries()) {
    if (!layers.has(diffId)) layers.set(diffId, await findLayer(file, image.layers[i]!, inflate))
  }
  const config = digestOf(configBytes)
  const manifest = synthesize(
    config,
    configBytes.length,
    diffIds.map((diffId) => ({ diffId, size: layers.get(diffId)!.size })),
  )
  return {
    name: options.name,
    async manifest(digest) {
      if (digest === undefined || digest === manifest.digest) return manifest
      throw new EngineError('ImageUnknown', `The archive ${file.name} holds no manifest ${digest}.`)
    },
    blob(descriptor, offset = 0) {
      if (descriptor.digest === config) return once(configBytes.subarray(offset))
      const layer = layers.get(descriptor.digest)
      if (!layer) throw archiveInvalid(file.name, `it holds no blob ${descriptor.digest}`)
      if (!layer.compressed) return file.stream(layer.member, offset)
      return skip(decompress(file.stream(layer.member), inflate), offset)
    },
    range({ digest }) {
      const layer = layers.get(digest)
      return layer && !layer.compressed ? file.place(layer.member) : undefined
    },
    close: () => {},
  }
}

async function findLayer(file: ArchiveFile, path: string, inflate: { gzip?: Inflate }): Promise<Layer> {
  const member = file.find(path)
  if (!member) throw archiveInvalid(file.name, `it has no ${quote(path)}, which its manifest.json lists`)
  let start: Uint8Array = new Uint8Array()
  for await (const piece of file.stream(member)) {
    start = piece
    break
  }
  if (detectCompression(start) === 'none') return { member, compressed: false, size: member.size }
  const bound = Math.max(inflation.freeBytes, member.size * inflation.ratio)
  let size = 0
  for await (const piece of decompress(file.stream(member), inflate)) {
    size += piece.byteLength
    if (size > bound) throw archiveInvalid(file.name, `its layer ${quote(path)} inflates out of proportion`)
  }
  return { member, compressed: true, size }
}

function synthesize(config: Digest, configSize: number, layers: { diffId: string; size: number }[]): SourceManifest {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: { mediaType: mediaTypes.dockerConfig, size: configSize, digest: config },
      layers: layers.map(({ diffId, size }) => ({
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar',
        size,
        digest: diffId,
      })),
    }),
  )
  return { bytes, digest: digestOf(bytes), mediaType: mediaTypes.dockerManifest }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.byteLength > 0) yield bytes
}

async function* skip(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = count
  for await (const piece of source) {
    if (left < piece.byteLength) yield left > 0 ? piece.subarray(left) : piece
    left = Math.max(0, left - piece.byteLength)
  }
}
