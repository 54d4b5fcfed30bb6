import { expect, test } from 'vitest'

import { digestOf, toDigest } from '../digest.ts'
import {
  addListEntry,
  describeImageList,
  formatImageList,
  type ImageList,
  type ListEntry,
  listEntry,
  parseImageList,
  removeListEntry,
} from './image-list.ts'
import { mediaTypes } from './media-types.ts'

const entry = (digest: string, platform: ListEntry['platform'], more: object = {}): ListEntry => ({
  mediaType: mediaTypes.ociManifest,
  digest: toDigest(digest, 'x'),
  size: 344,
  platform,
  ...more,
})
const amd64 = entry('sha256:24b03a20b44584a3736b3660afadaad4a342ff8b3e83c2ef2954972b988b9722', {
  architecture: 'amd64',
  os: 'linux',
})
const arm64 = entry('sha256:b59b10e6b34b91ae253a31018695a7beb1678900cd38adc032e6b905d29114bd', {
  architecture: 'arm64',
  os: 'linux',
  variant: 'v8',
})

test('an index is written byte by byte as podman 5.4.2 writes it', () => {
  const { bytes, mediaType } = formatImageList({ entries: [amd64, arm64], annotations: { i: '1', h: '2' } })
  expect(mediaType).toBe(mediaTypes.ociIndex)
  expect(digestOf(bytes)).toBe('sha256:44adfb72ac5d39f63b39c8b7fdae8fdcaaee663935049637e553bbb2fbad2f54')
})

test('a manifest list in Docker’s format is written as podman 5.4.2 writes it', () => {
  const docker = { mediaType: mediaTypes.dockerManifest, size: 423 }
  const entries = [
    { ...amd64, ...docker, digest: toDigest('sha256:0cb479d0c33d2d1f16d0da4a3a90ffd2b88a7ac10c135fd91e4e8f2bfc3ebc68', 'x') },
    { ...arm64, ...docker, digest: toDigest('sha256:d39b78f47ec8452dda0858f71a0a5739f332542114a5a202938e9d0031b57788', 'x') },
  ]
  expect(digestOf(formatImageList({ entries }, 'docker').bytes)).toBe(
    'sha256:fae804d2fc80bc1361f8912d6d3cbd27241138d930d4b2a98fd9805b694b4f47',
  )
})

test('the format is the one that can say all', () => {
  const features = entry(amd64.digest, { ...amd64.platform, features: ['sse4'] })
  expect(formatImageList({ entries: [] }).mediaType).toBe(mediaTypes.dockerList)
  expect(formatImageList({ entries: [] }).bytes.toString()).toContain('"manifests":null')
  expect(formatImageList({ entries: [], annotations: { a: 'b' } }).mediaType).toBe(mediaTypes.ociIndex)
  expect(formatImageList({ entries: [features] }).mediaType).toBe(mediaTypes.dockerList)
  expect(formatImageList({ entries: [{ ...features, annotations: { a: 'b' } }] }).mediaType).toBe(mediaTypes.ociIndex)
  expect(formatImageList({ entries: [features], subject: amd64 }).mediaType).toBe(mediaTypes.ociIndex)
})

test('all that an entry says is kept when it is read again', () => {
  const rich = entry(
    amd64.digest,
    { architecture: 'amd64', os: 'windows', osVersion: '10.0', osFeatures: ['win32k'], variant: 'v3' },
    { artifactType: 'application/vnd.x', annotations: { '10': 'x', '9': 'y' }, urls: ['https://a/b'], data: 'e30=' },
  )
  const { bytes, mediaType } = formatImageList({ entries: [rich], artifactType: 't/t', subject: arm64 })
  const read = parseImageList(bytes, mediaType, 'it')
  expect(formatImageList(read).bytes.equals(bytes)).toBe(true)
  expect(bytes.toString()).toContain('"annotations":{"10":"x","9":"y"}')
})

test('an empty list is read again', () => {
  const { bytes, mediaType } = formatImageList({ entries: [] })
  expect(parseImageList(bytes, mediaType, 'it')).toEqual({ entries: [] })
})

test('an entry of no platform has none in an index, as podman 5.4.2 writes it', () => {
  const artifact = entry(
    'sha256:51926930893ff740ec15d73fbefabb5eed9aa09c94649caaec8d96f7635fa728',
    { architecture: '', os: '' },
    { size: 496, artifactType: 'application/vnd.unknown.artifact.v1' },
  )
  const first = { ...amd64, platform: { ...amd64.platform, variant: 'v2' }, annotations: { b: '<1>', a: '2' } }
  const { bytes } = formatImageList({ entries: [first, artifact], annotations: { z: '1' } })
  expect(digestOf(bytes)).toBe('sha256:3e6ac28f2d491b2740f3eb1edf2138eea1f452ee03af6eb7e8bd5665448a4321')
})

test('entries are added at the end, replaced, changed and removed', () => {
  const list: ImageList = { entries: [] }
  addListEntry(list, amd64)
  addListEntry(list, arm64)
  addListEntry(list, { ...amd64, size: 9 })
  expect(list.entries.map(({ size }) => size)).toEqual([344, 9])
  listEntry(list, arm64.digest).platform.variant = 'v9'
  removeListEntry(list, amd64.digest)
  expect(list.entries).toEqual([{ ...arm64, platform: { ...arm64.platform, variant: 'v9' } }])
  expect(() => removeListEntry(list, amd64.digest)).toThrow(expect.objectContaining({ code: 'ImageNotFound' }))
})

test('it is shown as podman shows it', () => {
  const { bytes, mediaType } = formatImageList({ entries: [amd64], subject: arm64 })
  expect(JSON.stringify(describeImageList(bytes, mediaType, 'it', { [amd64.digest]: ['/a'] }))).toBe(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      manifests: [{ mediaType: amd64.mediaType, size: 344, digest: amd64.digest, platform: amd64.platform, files: ['/a'] }],
      subject: { mediaType: arm64.mediaType, size: 344, digest: arm64.digest, platform: { architecture: '', os: '' } },
    }),
  )
})

test('a single image is no list', () => {
  const image = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: amd64, layers: [] }
  expect(() => parseImageList(Buffer.from(JSON.stringify(image)), '', 'it')).toThrow(/single image/)
})
