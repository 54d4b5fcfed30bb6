import { expect, test } from 'vitest'

import { parseImageConfig } from '../config.ts'
import { extensionType } from './content-type.ts'
import { chainIds, digestOf, type DiffId } from '../digest.ts'
import { type ManifestIndex, parseManifest } from './manifest.ts'
import { mediaTypes } from './media-types.ts'
import { wantedPlatform } from '../platform.ts'
import { selectPlatform } from './select-platform.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const layer = { mediaType: `${mediaTypes.ociLayer}+gzip`, digest: digest('b'), size: 10 }
const good = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: mediaTypes.ociConfig, digest: digest('a'), size: 2 },
  layers: [layer],
}

const read = (document: unknown, type = ''): ReturnType<typeof parseManifest> =>
  parseManifest(Buffer.from(JSON.stringify(document)), type, 'The manifest of x')

test('an OCI and a Docker manifest are read', () => {
  expect(read(good)).toMatchObject({ kind: 'manifest', layers: [layer] })
  const docker = { ...good, mediaType: undefined, config: { ...good.config, mediaType: mediaTypes.dockerConfig } }
  expect(read(docker, `${mediaTypes.dockerManifest}; charset=utf-8`)).toMatchObject({
    kind: 'manifest',
    mediaType: mediaTypes.dockerManifest,
  })
})

test.each([
  ['schema 1', { schemaVersion: 1, fsLayers: [] }, 'schema 1'],
  ['129 layers', { ...good, layers: Array.from({ length: 129 }, () => layer) }, '129 layers'],
  ['a negative size', { ...good, layers: [{ ...layer, size: -1 }] }, 'invalid size'],
  ['a bad digest', { ...good, layers: [{ ...layer, digest: 'sha256:../../etc' }] }, 'invalid digest'],
  ['an artifact', { ...good, config: { ...good.config, mediaType: 'application/vnd.oci.empty.v1+json' } }, 'artifact'],
  ['both kinds at once', { ...good, manifests: [] }, 'both'],
  ['an encrypted layer', { ...good, layers: [{ ...layer, mediaType: `${layer.mediaType}+encrypted` }] }, 'not supported'],
  ['a layer of the type constructor', { ...good, layers: [{ ...layer, mediaType: 'constructor' }] }, 'not supported'],
  ['501 levels', { ...good, x: JSON.parse('['.repeat(501) + ']'.repeat(501)) as unknown }, 'not JSON'],
  ['an array', [], 'JSON object'],
])('%s is refused with a message', (_name, document, text) => {
  expect(() => read(document)).toThrow(
    expect.objectContaining({ code: 'ManifestInvalid', message: expect.stringContaining(text) }),
  )
})

test('what is not JSON is refused', () => {
  expect(() => parseManifest(Buffer.from('<html>'), mediaTypes.ociManifest, 'x')).toThrow(
    expect.objectContaining({ code: 'ManifestInvalid' }),
  )
})

test('brackets in texts and side by side are no levels', () => {
  const wide = Array.from({ length: 600 }, () => [{ a: '[{"\\' }])
  expect(
    read({ ...good, x: wide, y: '['.repeat(1000), '\\"[[': JSON.parse('['.repeat(400) + ']'.repeat(400)) as unknown }),
  ).toMatchObject({
    kind: 'manifest',
  })
})

test('names that every object has are no names of ours', () => {
  expect(wantedPlatform({ architecture: 'constructor' }).architecture).toBe('constructor')
  expect(extensionType('x.constructor')).toBeUndefined()
})

test.each(['1 Jan 2020 (\u001b[31m)', '2020-01-01', '2020-01-01T00:00:00', '2020-13-01T00:00:00Z', 'x'])(
  '%j is no time',
  (created) => {
    expect(parseImageConfig(Buffer.from(JSON.stringify({ created })), 'x').created).toBe('0001-01-01T00:00:00Z')
  },
)

test.each(['2020-01-01T00:00:00Z', '2020-01-01T00:00:00.123456789+09:00'])('%j is one', (created) => {
  expect(parseImageConfig(Buffer.from(JSON.stringify({ created })), 'x').created).toBe(created)
})

test('the platform is chosen from an index, or what there is is named', () => {
  const entry = (architecture: string, letter: string, variant?: string): object => ({
    mediaType: mediaTypes.ociManifest,
    digest: digest(letter),
    size: 1,
    platform: { os: 'linux', architecture, ...(variant ? { variant } : {}) },
  })
  const index = read({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [entry('amd64', 'a'), entry('arm', 'b', 'v6'), entry('arm', 'c', 'v7'), entry('arm64', 'd', 'v8')],
  }) as ManifestIndex
  const pick = (architecture: string, variant = ''): string =>
    selectPlatform(index, wantedPlatform({ architecture, variant }), 'x').digest
  expect(pick('x86_64')).toBe(digest('a'))
  expect(pick('arm')).toBe(digest('c'))
  expect(pick('arm', 'v6')).toBe(digest('b'))
  expect(pick('aarch64')).toBe(digest('d'))
  expect(() => pick('s390x')).toThrow('it offers linux/amd64, linux/arm/v6')
})

test('chain ids follow the specification', () => {
  const [a, b] = [digest('a'), digest('b')] as [DiffId, DiffId]
  expect(chainIds([a, b])).toEqual(['a'.repeat(64), digestOf(Buffer.from(`${a} ${b}`)).slice(7)])
})

test('a config is read and its odd fields are left out', () => {
  const config = parseImageConfig(
    Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Env: ['A=1', 2], Cmd: ['sh'], Labels: { a: 'b', c: 1 }, User: 5 },
        rootfs: { type: 'layers', diff_ids: [digest('a')] },
      }),
    ),
    'x',
  )
  expect(config.config).toEqual({ Cmd: ['sh'], Labels: { a: 'b' } })
  expect(config.created).toBe('0001-01-01T00:00:00Z')
  expect(() => parseImageConfig(Buffer.from('{"rootfs":{"diff_ids":["../x"]}}'), 'x')).toThrow('invalid digest')
})

test('names that are made to have one hash are bounded in number; one long value is not', () => {
  const config = (Labels: Record<string, string>) => Buffer.from(JSON.stringify({ config: { Labels } }))
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`label-${at}`, 'x'.repeat(20)]))
  expect(() => parseImageConfig(config(many), 'x')).toThrow('it holds more than 20000 names and values')
  expect(parseImageConfig(config({ long: 'x'.repeat(1_000_000) }), 'x').config.Labels).toHaveProperty('long')
})
