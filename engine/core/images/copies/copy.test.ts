import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { digestOf, mediaTypes } from '../../../image/index.ts'
import { type FakeImage, type FakeRegistry, startFakeRegistry } from '../../../registry/fake/fake-registry.ts'
import type { Context } from '../../context.ts'
import { openContext } from '../../open-context.ts'
import { openDestination, openSource } from '../transports/index.ts'
import { type CopyInput, copyImage } from './index.ts'
import { reportTransfer, type TransferItem } from './progress.ts'

let folder: string
let context: Context
let registry: FakeRegistry
let image: FakeImage
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-copy-'))
  context = openContext({ root: join(folder, 'store'), runRoot: join(folder, 'run') })
  registry = await startFakeRegistry()
  image = await registry.addImage('a/b', 'v1', [{ one: 'first' }, { two: 'second' }])
})
afterEach(async () => {
  await context.close()
  await registry.close()
  rmSync(folder, { recursive: true, force: true })
})

const access = { tlsVerify: false, anonymous: true, retryDelay: '1ms' }

async function copy(
  from: string,
  to: string,
  choice: Partial<CopyInput> = {},
): Promise<{ digest: string; items: TransferItem[] }> {
  const items: TransferItem[] = []
  const source = await openSource(context, from, access)
  try {
    const destination = await openDestination(context, to, access)
    const progress = reportTransfer((item) => items.push(item), false)
    const { digest } = await copyImage({
      context,
      source,
      destination,
      progress,
      signal: new AbortController().signal,
      ...choice,
    })
    return { digest, items }
  } finally {
    await source.close()
  }
}

const remote = (tag = 'v1'): string => `docker://${registry.name}/a/b:${tag}`
const failsWith = (code: string, text = ''): object => expect.objectContaining({ code, message: expect.stringContaining(text) })

test('an image goes through every kind of place and comes out with its digest', async () => {
  const layout = join(folder, 'layout')
  const dir = join(folder, 'dir')
  expect((await copy(remote(), `oci:${layout}:x`)).digest).toBe(image.digest)
  expect((await copy(`oci:${layout}:x`, `dir:${dir}`)).digest).toBe(image.digest)
  expect(readFileSync(join(dir, 'version'), 'utf8')).toBe('Directory Transport Version: 1.1\n')
  expect((await copy(`dir:${dir}`, `docker://${registry.name}/c/d:e`)).digest).toBe(image.digest)
  expect(registry.manifests.get('c/d/e')?.type).toBe(mediaTypes.ociManifest)
})

test('what is there is not sent again, and each line is said once', async () => {
  await copy(remote(), `docker://${registry.name}/c/d:e`)
  registry.requests.length = 0
  const { items } = await copy(remote(), `docker://${registry.name}/c/d:f`)
  expect(registry.requests.filter((each) => !/^(HEAD|GET|PUT .*manifests)/.test(each))).toEqual([])
  const lines = items.flatMap(({ stream }) => (stream ? [stream.trim().replace(/sha256:\w+/, 'D')] : []))
  expect(lines).toEqual([
    'Getting image source signatures',
    'Copying blob D',
    'Copying blob D',
    'Copying config D',
    'Writing manifest to image destination',
  ])
})

test('an image that is there under the same name is skipped where that is wanted', async () => {
  const to = `docker://${registry.name}/c/d:e`
  await copy(remote(), to)
  registry.requests.length = 0
  const { digest, items } = await copy(remote(), to, { skipExisting: true })
  expect(digest).toBe(image.digest)
  expect(items.at(-1)?.stream).toContain('Skipping: image already present at destination')
  expect(registry.requests.filter((each) => /blobs|PUT/.test(each))).toEqual([])
  await registry.addImage('a/b', 'v2', [{ other: 'third' }])
  const { items: sent } = await copy(remote('v2'), to, { skipExisting: true })
  expect(sent.at(-1)?.stream).toContain('Writing manifest')
})

test('as many blobs are sent at once as is said', async () => {
  const layers = ['a', 'b', 'c', 'd'].map((name) => ({ [name]: name }))
  await registry.addImage('a/b', 'many', layers)
  const most = async (choice: Partial<CopyInput>): Promise<number> => {
    const source = await openSource(context, remote('many'), access)
    let [now, peak] = [0, 0]
    const blob: typeof source.blob = async function* (descriptor, offset) {
      peak = Math.max(peak, ++now)
      await new Promise((resolve) => setTimeout(resolve, 20))
      yield* source.blob(descriptor, offset)
      now--
    }
    const destination = await openDestination(context, `dir:${mkdtempSync(join(folder, 'many-'))}`, access)
    const progress = reportTransfer(() => {}, true)
    const signal = new AbortController().signal
    await copyImage({ context, source: { ...source, blob }, destination, progress, signal, ...choice })
    await source.close()
    return peak
  }
  expect(await most({ parallelCopies: 1 })).toBe(1)
  expect(await most({})).toBeGreaterThan(1)
})

test('a layout may be made in a folder with other things, which stay', async () => {
  const layout = mkdtempSync(join(folder, 'full-'))
  writeFileSync(join(layout, 'letter'), 'mine')
  await expect(copy(remote('none'), `oci:${layout}:x`)).rejects.toEqual(failsWith('ImageUnknown'))
  expect(readdirSync(layout)).toEqual(['letter'])
  expect((await copy(remote(), `oci:${layout}:x`)).digest).toBe(image.digest)
  expect(readdirSync(layout).toSorted()).toEqual(['blobs', 'index.json', 'letter', 'oci-layout'])
})

test('layers in another compression are the same layers', async () => {
  const layout = join(folder, 'layout')
  const { digest } = await copy(remote(), `oci:${layout}:z`, { compressionFormat: 'zstd' })
  expect(digest).not.toBe(image.digest)
  const { digest: back } = await copy(`oci:${layout}:z`, `oci:${layout}:g`, { compressionFormat: 'gzip' })
  const manifest = JSON.parse(readFileSync(join(layout, 'blobs/sha256', back.slice(7)), 'utf8')) as FakeImage['manifest']
  expect(manifest.config.digest).toBe(image.manifest.config.digest)
  const config = JSON.parse(registry.blobs.get(image.manifest.config.digest)!.toString()) as { rootfs: { diff_ids: string[] } }
  const diffIds = manifest.layers.map((layer) =>
    digestOf(gunzipSync(readFileSync(join(layout, 'blobs/sha256', layer.digest.slice(7))))),
  )
  expect(diffIds).toEqual(config.rootfs.diff_ids)
  expect(readdirSync(join(folder, 'store')).filter((name) => name.startsWith('spool'))).toEqual([])
})

/** The layers of an image in a layout, and what they are inflated. */
function layersAt(layout: string, digest: string): { layers: FakeImage['manifest']['layers']; annotated: boolean[] } {
  const read = (name: string): string => readFileSync(join(layout, 'blobs/sha256', name.slice(7)), 'utf8')
  const { layers } = JSON.parse(read(digest)) as FakeImage['manifest']
  const mark = 'io.github.containers.zstd-chunked.manifest-position'
  const annotated = layers.map((layer) => mark in ((layer as { annotations?: object }).annotations ?? {}))
  return { layers, annotated }
}

test('layers get tables of contents, and keep them', async () => {
  const layout = join(folder, 'layout')
  const { digest } = await copy(remote(), `oci:${layout}:c`, { compressionFormat: 'zstd:chunked' })
  const { layers, annotated } = layersAt(layout, digest)
  expect(annotated).toEqual([true, true])
  expect(layers.map(({ mediaType }) => mediaType)).toEqual([`${mediaTypes.ociLayer}+zstd`, `${mediaTypes.ociLayer}+zstd`])
  for (const format of ['zstd:chunked', 'zstd'] as const)
    expect((await copy(`oci:${layout}:c`, `oci:${layout}:d`, { compressionFormat: format })).digest).toBe(digest)
  // Plain zstd has none, and gets one.
  await copy(remote(), `oci:${layout}:z`, { compressionFormat: 'zstd' })
  expect((await copy(`oci:${layout}:z`, `oci:${layout}:e`, { compressionFormat: 'zstd:chunked' })).digest).toBe(digest)
  const back = await copy(`oci:${layout}:c`, `oci:${layout}:g`, { compressionFormat: 'gzip' })
  expect(layersAt(layout, back.digest).annotated).toEqual([false, false])
  await expect(copy(remote(), `dir:${join(folder, 'd')}`, { compressionFormat: 'zstd:chunked', format: 'v2s2' })).rejects.toEqual(
    failsWith('NotSupported', 'knows no zstd'),
  )
  for (const compressionLevel of [0, 23])
    await expect(copy(remote(), `oci:${layout}:n`, { compressionFormat: 'zstd:chunked', compressionLevel })).rejects.toEqual(
      failsWith('InvalidArgument', `level ${compressionLevel}`),
    )
  expect(readdirSync(join(folder, 'store')).filter((name) => name.startsWith('spool'))).toEqual([])
})

test('each platform of a list gets an image in the compressions that are added', async () => {
  const arm = await registry.addImage('a/b', 'arm', [{ one: 'arm' }], { architecture: 'arm64' })
  const entry = ({ digest, size }: FakeImage, architecture: string): object => ({
    mediaType: mediaTypes.ociManifest,
    digest,
    size,
    platform: { architecture, os: 'linux' },
  })
  const list = (...manifests: object[]): { schemaVersion: 2; mediaType: string; manifests: object[] } => ({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests,
  })
  registry.addManifest('a/b', 'all', list(entry(image, 'amd64'), entry(arm, 'arm64')))
  const layout = join(folder, 'layout')
  interface Row {
    digest: string
    platform: { architecture: string }
    annotations?: Record<string, string>
  }
  const rows = (digest: string): string[] =>
    (JSON.parse(readFileSync(join(layout, 'blobs/sha256', digest.slice(7)), 'utf8')) as { manifests: Row[] }).manifests.map(
      (row) => {
        const { layers, annotated } = layersAt(layout, row.digest)
        const kind = layers[0]!.mediaType.split('+')[1] + (annotated[0] ? ':chunked' : '')
        return `${row.platform.architecture} ${kind}${row.annotations?.['io.github.containers.compression.zstd'] === 'true' ? ' marked' : ''}`
      },
    )
  const add = (from: string, name: string, ...addCompression: NonNullable<CopyInput['addCompression']>) =>
    copy(from, `oci:${layout}:${name}`, { images: 'all', addCompression })
  const one = await add(remote('all'), 'one', 'zstd', 'gzip')
  expect(rows(one.digest)).toEqual(['amd64 gzip', 'arm64 gzip', 'amd64 zstd marked', 'arm64 zstd marked'])
  const lines = one.items.flatMap(({ stream }) =>
    /images generated|^(Copying|Replicating) image/.test(stream ?? '') ? [stream!.trim()] : [],
  )
  expect(lines).toEqual([
    'Copying 4 images generated from 2 images in list',
    `Copying image ${image.digest} (1/4)`,
    `Replicating image ${image.digest} (2/4)`,
    `Copying image ${arm.digest} (3/4)`,
    `Replicating image ${arm.digest} (4/4)`,
  ])
  // What is there is not added again; zstd:chunked is something else than zstd.
  const two = await add(`oci:${layout}:one`, 'two', 'zstd', 'gzip')
  expect(two.digest).toBe(one.digest)
  const three = await add(`oci:${layout}:one`, 'three', 'zstd:chunked')
  expect(rows(three.digest).slice(4)).toEqual(['amd64 zstd:chunked marked', 'arm64 zstd:chunked marked'])
  const changed = await copy(remote('all'), `oci:${layout}:four`, {
    images: 'all',
    compressionFormat: 'zstd',
    addCompression: ['zstd', 'gzip'],
  })
  expect(rows(changed.digest)).toEqual(['amd64 gzip', 'arm64 gzip', 'amd64 zstd marked', 'arm64 zstd marked'])
  await expect(
    copy(remote('all'), `oci:${layout}:no`, { images: 'all', addCompression: ['zstd'], preserveDigests: true }),
  ).rejects.toEqual(failsWith('NotSupported', 'preserved'))
})

test('digests that are to be preserved are, or nothing happens', async () => {
  const layout = join(folder, 'layout')
  await expect(copy(remote(), `oci:${layout}:z`, { compressionFormat: 'zstd', preserveDigests: true })).rejects.toEqual(
    failsWith('NotSupported', 'digests preserved'),
  )
  expect(existsSync(layout)).toBe(false)
  expect((await copy(remote(), `oci:${layout}:z`, { preserveDigests: true })).digest).toBe(image.digest)
})

test('a damaged blob does not arrive, and nothing of the image is visible', async () => {
  const dir = join(folder, 'dir')
  await copy(remote(), `dir:${dir}`)
  const file = join(dir, image.manifest.layers[1]!.digest.slice(7))
  const bytes = readFileSync(file)
  bytes[20]! ^= 1
  writeFileSync(file, bytes)
  await expect(copy(`dir:${dir}`, `oci:${join(folder, 'layout')}:x`)).rejects.toEqual(failsWith('DigestMismatch'))
  expect(existsSync(join(folder, 'layout'))).toBe(false)
  writeFileSync(file, bytes.subarray(1))
  await expect(copy(`dir:${dir}`, `dir:${join(folder, 'other')}`)).rejects.toEqual(failsWith('SizeMismatch'))
  expect(existsSync(join(folder, 'other'))).toBe(false)
})

test.skipIf(process.getuid!() !== 0)(
  'a kept blob that was damaged is found by the registry, which does not get the image',
  async () => {
    await copy(remote(), 'containers-storage:localhost/kept:1')
    const { digest } = image.manifest.layers[1]!
    const file = join(folder, 'store/blobs/sha256', digest.slice(7))
    const bytes = readFileSync(file)
    bytes[20]! ^= 1
    writeFileSync(file, bytes)
    const empty = await startFakeRegistry()
    try {
      const there = `docker://${empty.name}/damaged/kept:1`
      await expect(copy('containers-storage:localhost/kept:1', there)).rejects.toEqual(failsWith('DigestMismatch'))
      await expect(copy(there, `dir:${join(folder, 'other')}`)).rejects.toEqual(failsWith('ImageUnknown'))
      expect(empty.blobs.has(digest)).toBe(false)
    } finally {
      await empty.close()
    }
  },
)

test('an upload that the registry cuts arrives all the same', async () => {
  const dir = join(folder, 'dir')
  await copy(remote(), `dir:${dir}`)
  const other = await startFakeRegistry()
  try {
    other.faults.cutAfter = 50
    expect((await copy(`dir:${dir}`, `docker://${other.name}/x/y:z`)).digest).toBe(image.digest)
    expect([...other.blobs.keys()].toSorted()).toEqual(
      [image.manifest.config, ...image.manifest.layers].map(({ digest }) => digest).toSorted(),
    )
  } finally {
    await other.close()
  }
})

test('a list goes whole, alone, or as the image of one platform', async () => {
  const arm = await registry.addImage('a/b', 'arm', [{ one: 'arm' }], { architecture: 'arm64' })
  const entry = ({ digest, size }: FakeImage, architecture: string): object => ({
    mediaType: mediaTypes.ociManifest,
    digest,
    size,
    platform: { os: 'linux', architecture },
  })
  const list = registry.addManifest('a/b', 'all', {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [entry(image, 'amd64'), entry(arm, 'arm64')],
  })
  const layout = `oci:${join(folder, 'layout')}`
  expect((await copy(remote('all'), `${layout}:all`, { images: 'all' })).digest).toBe(list.digest)
  expect((await copy(remote('all'), `${layout}:arm`, { platform: { architecture: 'arm64' } })).digest).toBe(arm.digest)
  expect((await copy(`${layout}:all`, `dir:${join(folder, 'dir')}`, { images: 'all' })).digest).toBe(list.digest)
  expect(existsSync(join(folder, 'dir', `${arm.digest.slice(7)}.manifest.json`))).toBe(true)
  const docker = await copy(`${layout}:all`, remote('docker'), { images: 'all', format: 'v2s2' })
  expect(registry.manifests.get(`a/b/${docker.digest}`)?.type).toBe(mediaTypes.dockerList)
  const alone = await startFakeRegistry()
  try {
    const only = await copy(`${layout}:all`, `docker://${alone.name}/x/y:z`, { images: 'index-only' })
    expect(only.digest).toBe(list.digest)
    expect(alone.blobs.size).toBe(0)
  } finally {
    await alone.close()
  }
})

test('artifacts with whatever types go byte for byte', async () => {
  const config = registry.addBlob(Buffer.from('{}'))
  const data = registry.addBlob(Buffer.from('some text'))
  const { digest } = registry.addManifest('a/b', 'art', {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: 'application/x-thing',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', ...config, data: 'e30=' },
    layers: [{ mediaType: 'text/strange', ...data, annotations: { 'org.opencontainers.image.title': 'a.txt' } }],
    subject: { mediaType: mediaTypes.ociManifest, digest: image.digest, size: image.size },
    unheardOf: 1,
  })
  const layout = join(folder, 'layout')
  expect((await copy(remote('art'), `oci:${layout}:art`)).digest).toBe(digest)
  expect(readFileSync(join(layout, 'blobs/sha256', digest.slice(7)))).toEqual(registry.manifests.get('a/b/art')!.bytes)
  await expect(copy(remote('art'), `dir:${join(folder, 'd')}`, { format: 'v2s2' })).rejects.toEqual(
    failsWith('NotSupported', 'artifact'),
  )
})

test('signatures go along, or say why they cannot', async () => {
  const dir = join(folder, 'dir')
  await copy(remote(), `dir:${dir}`)
  writeFileSync(join(dir, 'signature-1'), 'a signature')
  await copy(`dir:${dir}`, `dir:${join(folder, 'second')}`)
  expect(readFileSync(join(folder, 'second/signature-1'), 'utf8')).toBe('a signature')
  await expect(copy(`dir:${dir}`, `dir:${join(folder, 'third')}`, { format: 'v2s2' })).rejects.toEqual(
    failsWith('NotSupported', 'signed'),
  )
  await expect(copy(`dir:${dir}`, `oci:${join(folder, 'layout')}`)).rejects.toEqual(
    failsWith('NotSupported', '--remove-signatures'),
  )
  expect((await copy(`dir:${dir}`, `oci:${join(folder, 'layout')}`, { removeSignatures: true })).digest).toBe(image.digest)
})

test('a registry from before OCI gets the format it takes', async () => {
  const old = await startFakeRegistry()
  try {
    old.faultHook = (request, response) => {
      if (request.method !== 'PUT' || request.headers['content-type'] !== mediaTypes.ociManifest) return false
      request.resume()
      response.writeHead(400).end(JSON.stringify({ errors: [{ code: 'MANIFEST_INVALID' }] }))
      return true
    }
    const { digest } = await copy(remote(), `docker://${old.name}/x/y:z`)
    expect(old.manifests.get('x/y/z')?.type).toBe(mediaTypes.dockerManifest)
    expect(old.manifests.has(`x/y/${digest}`)).toBe(true)
    await expect(copy(remote(), `docker://${old.name}/x/y:z`, { format: 'oci' })).rejects.toEqual(failsWith('RegistryProtocol'))
  } finally {
    await old.close()
  }
})

test('a cancelled copy leaves nothing and says so', async () => {
  const stop = new AbortController()
  registry.faultHook = (request) => {
    if (request.url!.includes('/blobs/')) stop.abort()
  }
  const layout = join(folder, 'layout')
  await expect(copy(remote(), `oci:${layout}:x`, { signal: stop.signal })).rejects.toEqual(failsWith('Cancelled'))
  expect(existsSync(layout)).toBe(false)
})

test('other things in a folder stay: a layout is added to them, a dir, whose names could be theirs, is refused', async () => {
  writeFileSync(join(folder, 'precious'), 'x')
  await expect(copy(remote(), `dir:${folder}`)).rejects.toEqual(failsWith('ArchiveInvalid', "don't want to overwrite"))
  expect((await copy(remote(), `oci:${folder}`)).digest).toBe(image.digest)
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['blobs', 'index.json', 'oci-layout', 'precious']))
})

test('a digest as the name of a destination must be the one that is written', async () => {
  const other = digestOf(Buffer.from('other'))
  const before = registry.manifests.size
  await expect(copy(remote(), `docker://${registry.name}/c/d@${other}`)).rejects.toEqual(
    failsWith('DigestMismatch', 'names a digest'),
  )
  expect(registry.manifests.size).toBe(before)
  expect((await copy(remote(), `docker://${registry.name}/c/d@${image.digest}`)).digest).toBe(image.digest)
})
