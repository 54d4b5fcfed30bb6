import { expect, test } from 'vitest'

import { rewriteIndex, rewriteManifest } from './convert.ts'
import { type Digest, digestOf } from '../digest.ts'
import { mediaTypes } from './media-types.ts'
import type { SourceManifest } from '../transfer.ts'

const digest = (text: string): Digest => digestOf(Buffer.from(text))
const source = (document: object, mediaType: string): SourceManifest => {
  const bytes = Buffer.from(JSON.stringify(document))
  return { bytes, digest: digestOf(bytes), mediaType }
}
const read = ({ bytes }: SourceManifest): Record<string, unknown> => JSON.parse(bytes.toString()) as Record<string, unknown>

// What skopeo 1.18 made of the same image, both ways.
const docker =
  '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":446,"digest":"sha256:75b73c7205e8cd790aa805408cc779d73928200e2bc4a499accdbb20e80babac"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":1120397,"digest":"sha256:810bf38e5aef2628c105e274c3d8fa130ab00c8717d967fab3fdd6228de0bc03"}]}'
const oci =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:75b73c7205e8cd790aa805408cc779d73928200e2bc4a499accdbb20e80babac","size":446},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:810bf38e5aef2628c105e274c3d8fa130ab00c8717d967fab3fdd6228de0bc03","size":1120397}]}'
const layer = {
  digest: 'sha256:810bf38e5aef2628c105e274c3d8fa130ab00c8717d967fab3fdd6228de0bc03' as Digest,
  size: 1120397,
  compression: 'gzip' as const,
}

test('a conversion gives the bytes that skopeo gives', () => {
  const toOci = rewriteManifest({ ...source({}, mediaTypes.dockerManifest), bytes: Buffer.from(docker) }, 'oci', [layer], 'x')
  expect(toOci.manifest.bytes.toString()).toBe(oci)
  expect(toOci.manifest.digest).toBe('sha256:79f16d212988a09b591a4f491ef569fe5d99b101803bcd6c00adee4c41bdfe92')
  const back = rewriteManifest(toOci.manifest, 'docker', [layer], 'x')
  expect(back.manifest.bytes.toString()).toBe(docker)
  expect(back.lost).toEqual([])
})

const annotated = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: mediaTypes.ociConfig, digest: digest('config'), size: 6 },
  layers: [
    {
      mediaType: `${mediaTypes.ociLayer}+zstd`,
      digest: digest('one'),
      size: 3,
      annotations: { 'io.github.containers.zstd-chunked.manifest-checksum': 'x', mine: 'stays' },
      data: 'b25l',
    },
    { mediaType: `${mediaTypes.ociLayer}+gzip`, digest: digest('two'), size: 3, unknown: ['kept'] },
  ],
  annotations: { a: 'b' },
  strange: true,
}
const two = { digest: digest('two'), size: 3, compression: 'gzip' as const }

test('another compression changes what is said of that layer, and nothing else', () => {
  const { manifest } = rewriteManifest(
    source(annotated, mediaTypes.ociManifest),
    'oci',
    [{ digest: digest('new'), size: 99, compression: 'gzip' }, two],
    'x',
  )
  const [, kept] = annotated.layers
  expect(read(manifest)).toEqual({
    ...annotated,
    layers: [{ mediaType: `${mediaTypes.ociLayer}+gzip`, digest: digest('new'), size: 99, annotations: { mine: 'stays' } }, kept],
  })
})

test("what Docker's format has no place for is said", () => {
  const layers = [{ digest: digest('new'), size: 99, compression: 'gzip' as const }, two]
  const { manifest, lost } = rewriteManifest(source(annotated, mediaTypes.ociManifest), 'docker', layers, 'x')
  expect(lost).toEqual(['annotations'])
  expect(manifest.mediaType).toBe(mediaTypes.dockerManifest)
  expect(Object.keys(read(manifest))).toEqual(['schemaVersion', 'mediaType', 'config', 'layers'])
})

test('what a format cannot hold is refused', () => {
  const zstd = [{ digest: digest('one'), size: 3, compression: 'zstd' as const }, two]
  expect(() => rewriteManifest(source(annotated, mediaTypes.ociManifest), 'docker', zstd, 'The image x')).toThrow(/zstd/)
  const artifact = source({ ...annotated, config: { ...annotated.config, mediaType: 'text/plain' } }, mediaTypes.ociManifest)
  expect(() => rewriteManifest(artifact, 'docker', zstd, 'The image x')).toThrow(/artifact/)
  const odd = source({ ...annotated, layers: [{ ...annotated.layers[0], mediaType: 'a/b' }] }, mediaTypes.ociManifest)
  expect(() => rewriteManifest(odd, 'docker', [zstd[0]!], 'The image x')).toThrow(/"a\/b" is unknown/)
})

test('a list follows its manifests, and keeps what it says of their platforms', () => {
  const entry = { mediaType: mediaTypes.ociManifest, digest: digest('m'), size: 1, platform: { os: 'linux', 'os.version': '1' } }
  const other = { ...entry, digest: digest('n'), annotations: { a: 'b' } }
  const list = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry, other], annotations: { list: 'yes' } }
  const changed = new Map([[entry.digest, source({ ...annotated, layers: [annotated.layers[1]] }, mediaTypes.ociManifest)]])
  const same = rewriteIndex(source(list, mediaTypes.ociIndex), 'oci', { changed }, 'x')
  const now = changed.get(entry.digest)!
  expect(read(same.manifest)).toEqual({
    ...list,
    manifests: [{ ...entry, digest: now.digest, size: now.bytes.length }, other],
  })
  const converted = rewriteIndex(source(list, mediaTypes.ociIndex), 'docker', { changed }, 'x')
  expect(converted.lost).toEqual(['annotations'])
  expect(read(converted.manifest)['mediaType']).toBe(mediaTypes.dockerList)
  expect(read(converted.manifest)['manifests']).toHaveLength(2)
})

test('a layer says where its table of contents is', () => {
  const annotations = { 'io.github.containers.zstd-chunked.manifest-position': '1:2:3:1' }
  const chunked = { digest: digest('new'), size: 99, compression: 'zstd' as const, annotations }
  const { manifest } = rewriteManifest(source(annotated, mediaTypes.ociManifest), 'oci', [chunked, two], 'x')
  expect((read(manifest)['layers'] as object[])[0]).toMatchObject({ annotations: { mine: 'stays', ...annotations } })
  const converted = rewriteManifest(
    { ...source({}, mediaTypes.dockerManifest), bytes: Buffer.from(docker) },
    'oci',
    [chunked],
    'x',
  )
  expect(read(converted.manifest)['layers']).toEqual([
    { mediaType: `${mediaTypes.ociLayer}+zstd`, digest: digest('new'), size: 99, annotations },
  ])
})

test('images that are added to a list are marked when they hold zstd, and come last', () => {
  const platform = { architecture: 'amd64', os: 'linux' }
  const plain = source({ ...annotated, layers: [annotated.layers[1]] }, mediaTypes.ociManifest)
  const zstd = source({ ...annotated, layers: [annotated.layers[0]] }, mediaTypes.ociManifest)
  const size = plain.bytes.length
  const entry = { mediaType: mediaTypes.ociManifest, digest: plain.digest, size, platform }
  const other = { ...entry, digest: digest('n'), platform: { ...platform, architecture: 'arm64' } }
  const list = source({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry, other] }, mediaTypes.ociIndex)
  const added = [
    { like: entry.digest, manifest: zstd },
    { like: other.digest, manifest: plain },
  ]
  const mark = { 'io.github.containers.compression.zstd': 'true' }
  const rows = (changes: Parameters<typeof rewriteIndex>[2]) =>
    (read(rewriteIndex(list, 'oci', changes, 'x').manifest)['manifests'] as { digest: string; platform: object }[]).map((row) => [
      row.digest,
      row.platform,
      'annotations' in row ? row.annotations : undefined,
    ])
  expect(rows({ changed: new Map(), added })).toEqual([
    [entry.digest, platform, undefined],
    [other.digest, other.platform, undefined],
    [plain.digest, other.platform, undefined],
    [zstd.digest, platform, mark],
  ])
  expect(rows({ changed: new Map([[entry.digest, zstd]]) })).toEqual([
    [other.digest, other.platform, undefined],
    [zstd.digest, platform, mark],
  ])
})
