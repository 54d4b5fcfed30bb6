import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { tarEnd, tarHeader } from '../../engine/lib/tar/index.ts'
import { blob, type TestImage } from '../support/images.ts'

/** A layer's bytes as a registry has them, and the digest of what they inflate to. */
interface Layer {
  data: Buffer
  diffId: string
}

const blockBytes = 16 * 1024 * 1024

/** A block of which a quarter is noise. */
function block(seed: number): Buffer {
  const bytes = Buffer.alloc(blockBytes, 'what programs say over and over ')
  let at = seed
  for (let index = 0; index < blockBytes / 4; index += 1) bytes[index * 4] = at = (at * 1_103_515_245 + 12_345) % 256
  return bytes
}

/** A layer with one file of so many blocks: the same one, compressed once and repeated, since gzip streams may be put in a row. */
function layer(name: string, blocks: number, size = blockBytes): Layer {
  const content = block(name.length).subarray(0, size)
  const header = tarHeader({
    path: name,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: blocks * size,
    mtime: 1_700_000_000_000_000_000n,
  })
  const packed = gzipSync(content, { level: 1 })
  const repeated = Array.from({ length: blocks }, () => packed)
  const hash = createHash('sha256').update(header)
  for (let index = 0; index < blocks; index += 1) hash.update(content)
  hash.update(tarEnd())
  return {
    data: Buffer.concat([gzipSync(header), ...repeated, gzipSync(tarEnd())]),
    diffId: `sha256:${hash.digest('hex')}`,
  }
}

function image(name: string, layers: Layer[]): TestImage {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  const config = blob(
    'application/vnd.oci.image.config.v1+json',
    json({
      created: '2026-01-02T03:04:05Z',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  )
  const blobs = layers.map(({ data }) => blob('application/vnd.oci.image.layer.v1.tar+gzip', data))
  const describe = ({ mediaType, digest, data }: (typeof blobs)[0]) => ({ mediaType, digest, size: data.length })
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = blob(mediaType, json({ schemaVersion: 2, mediaType, config: describe(config), layers: blobs.map(describe) }))
  return { name, tag: 'latest', blobs: [...blobs, config], manifest }
}

/** One layer of 2 GB. */
export const hugeLayer = (): TestImage => image('huge-layer', [layer('huge', 128)])

/** As many layers as an image may have, 5 MB each. */
export const manyLayers = (): TestImage =>
  image(
    'many-layers',
    Array.from({ length: 128 }, (_, index) => layer(`file-${'x'.repeat(index)}`, 1, 5 * 1024 * 1024)),
  )
