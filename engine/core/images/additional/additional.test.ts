import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestOf, mediaTypes } from '../../../image/index.ts'
import { archiveOf } from '../../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../../index.ts'
import { readContainersStorage } from './containers-storage.ts'
import { tarOf } from './tar-split.ts'

let root: string
let other: string
let local: LocalEngine | undefined
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-other-'))
  other = join(root, 'other')
})
afterEach(async () => {
  await local?.close()
  local = undefined
  rmSync(root, { recursive: true })
})

interface Made {
  id: string
  layer: string
  archive: Buffer
  diffId: string
}

const put = (text: string | Buffer, ...path: string[]): void => {
  mkdirSync(dirname(join(other, ...path)), { recursive: true })
  writeFileSync(join(other, ...path), text)
}
const putJson = (value: unknown, ...path: string[]): void => put(JSON.stringify(value), ...path)

/** What tar-split keeps of an archive of plain files. */
function split(archive: Buffer, names: string[]): Buffer {
  const lines: object[] = []
  let at = 0
  for (const name of names) {
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8)
    lines.push({ type: 2, payload: archive.subarray(at, at + 512).toString('base64') }, { type: 1, name, size })
    at += 512 + size
    const end = Math.ceil(at / 512) * 512
    lines.push({ type: 2, payload: archive.subarray(at, end).toString('base64') })
    at = end
  }
  lines.push({ type: 2, payload: archive.subarray(at).toString('base64') })
  return gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** A store of containers/storage with one image of one layer. */
async function makeStore(files: Record<string, string> = { 'etc/x': 'one', y: 'second' }): Promise<Made> {
  const archive = await archiveOf(files)
  const diffId = digestOf(archive)
  const layer = 'ab'.repeat(32)
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: '2026-01-02T03:04:05Z',
      config: { Labels: { k: 'v' } },
      rootfs: { type: 'layers', diff_ids: [diffId] },
    }),
  )
  const configDigest = digestOf(config)
  const id = configDigest.slice(7)
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: configDigest, size: config.length },
    layers: [{ mediaType: `${mediaTypes.ociLayer}+gzip`, digest: digestOf(gzipSync(archive)), size: gzipSync(archive).length }],
  })
  for (const [name, text] of Object.entries(files)) put(text, 'overlay', layer, 'diff', name)
  put(split(archive, Object.keys(files)), 'overlay-layers', `${layer}.tar-split.gz`)
  putJson([{ id: layer, 'diff-digest': diffId, 'diff-size': archive.length }], 'overlay-layers/layers.json')
  put(manifest, 'overlay-images', id, 'manifest')
  put(config, 'overlay-images', id, `=${Buffer.from(configDigest).toString('base64')}`)
  putJson([{ id, names: ['localhost/a:1', 'no name', 7], layer, created: '2026-01-02T03:04:05Z' }], 'overlay-images/images.json')
  return { id, layer, archive, diffId }
}

const open = (): LocalEngine =>
  (local = openEngine({
    root: join(root, 'store'),
    runRoot: join(root, 'run'),
    storageOptions: [`additionalimagestore=${other}`],
    logLevel: 'error',
  }))

test('an archive is built again byte by byte', async () => {
  const { archive, layer } = await makeStore()
  const parts: Uint8Array[] = []
  const file = join(other, 'overlay-layers', `${layer}.tar-split.gz`)
  for await (const part of tarOf(file, join(other, 'overlay', layer, 'diff'))) parts.push(part)
  expect(Buffer.concat(parts).equals(archive)).toBe(true)
})

test('no file outside the layer is ever put into an archive', async () => {
  const { layer } = await makeStore()
  writeFileSync(join(root, 'secret'), 'secret')
  const diff = join(other, 'overlay', layer, 'diff')
  const read = async (name: string): Promise<string> => {
    put(gzipSync(`${JSON.stringify({ type: 1, name, size: 6 })}\n`), 'split.gz')
    const parts: Uint8Array[] = []
    for await (const part of tarOf(join(other, 'split.gz'), diff)) parts.push(part)
    return Buffer.concat(parts).toString()
  }
  symlinkSync(join(root, 'secret'), join(diff, 'link'))
  await expect(read('../../../../secret')).rejects.toMatchObject({ code: 'StoreCorrupt' })
  await expect(read('link')).rejects.toMatchObject({ code: 'StoreCorrupt' })
  symlinkSync(root, join(diff, 'way'))
  await expect(read('way/secret')).rejects.toMatchObject({ code: 'StoreCorrupt' })
  symlinkSync('etc', join(diff, 'inside'))
  put('sixsix', 'overlay', layer, 'diff', 'etc', 'six')
  await expect(read('inside/six')).resolves.toBe('sixsix')
  execFileSync('mkfifo', [join(diff, 'fifo')])
  await expect(read('fifo')).rejects.toMatchObject({ code: 'StoreCorrupt' })
  await expect(read('y')).resolves.toBe('second')
})

test('a line that does not end is given up early: longer than a text can be, it would end the process', async () => {
  const member = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '))
  put(Buffer.concat(Array.from({ length: 6 }, () => member)), 'split.gz')
  const read = async (): Promise<void> => {
    for await (const _ of tarOf(join(other, 'split.gz'), other));
  }
  await expect(read()).rejects.toMatchObject({ code: 'StoreCorrupt' })
})

test.each([
  ['an id that is a path', (made: Made) => putJson([{ id: '../../../etc', layer: made.layer }], 'overlay-images/images.json')],
  [
    'a configuration of another image',
    (made: Made) => put('{}', 'overlay-images', made.id, `=${Buffer.from(`sha256:${made.id}`).toString('base64')}`),
  ],
  ['a layer that is not there', () => putJson([], 'overlay-layers/layers.json')],
  [
    'layers in a circle',
    ({ layer, diffId }: Made) => putJson([{ id: layer, parent: layer, 'diff-digest': diffId }], 'overlay-layers/layers.json'),
  ],
  [
    'another layer than its configuration says',
    ({ layer }: Made) => putJson([{ id: layer, 'diff-digest': `sha256:${'1'.repeat(64)}` }], 'overlay-layers/layers.json'),
  ],
  [
    'files that are a link',
    ({ layer }: Made) => {
      rmSync(join(other, 'overlay', layer, 'diff'), { recursive: true })
      symlinkSync('/etc', join(other, 'overlay', layer, 'diff'))
    },
  ],
  [
    'files behind a link',
    ({ layer }: Made) => {
      renameSync(join(other, 'overlay', layer), join(root, 'elsewhere'))
      symlinkSync(join(root, 'elsewhere'), join(other, 'overlay', layer))
    },
  ],
  [
    'a huge configuration',
    (made: Made) =>
      put(Buffer.alloc(5 * 1024 * 1024), 'overlay-images', made.id, `=${Buffer.from(`sha256:${made.id}`).toString('base64')}`),
  ],
])('%s is left out', async (_, damage) => {
  const made = await makeStore()
  expect(readContainersStorage(other)).toMatchObject({ images: [{ names: ['localhost/a:1'] }], warnings: [] })
  damage(made)
  const store = readContainersStorage(other)
  expect(store.images).toEqual([])
  expect(store.warnings).toHaveLength(1)
})

test('lists that cannot be read are refused by name', async () => {
  await makeStore()
  put('[{', 'overlay-images/images.json')
  expect(() => readContainersStorage(other)).toThrow(
    expect.objectContaining({ code: 'StoreCorrupt', message: expect.stringContaining('images.json') }),
  )
  rmSync(join(other, 'overlay-images/images.json'))
  execFileSync('mkfifo', [join(other, 'overlay-images/images.json')])
  expect(() => readContainersStorage(other)).toThrow(
    expect.objectContaining({ code: 'StoreCorrupt', message: expect.stringContaining('no plain file') }),
  )
  rmSync(join(other, 'overlay-images/images.json'))
  putJson({}, 'overlay-images/images.json')
  expect(() => readContainersStorage(other)).toThrow(expect.objectContaining({ code: 'StoreCorrupt' }))
})

describe.skipIf(process.getuid?.() !== 0)('needs root, to mount', () => {
  test('an image is found, mounted, refused to be changed, and its short names go with its container', async () => {
    const { id } = await makeStore()
    const { engine, context } = open()
    expect(await engine['image.list']({})).toMatchObject([
      { Id: id, Names: ['localhost/a:1'], ReadOnly: true, Labels: { k: 'v' } },
    ])
    const { Id } = await engine['container.create']({ body: { image: 'a:1', command: ['x'] } })
    const layers = await context.layers()
    expect(readFileSync(join(layers.mountSnapshot(Id), 'etc/x'), 'utf8')).toBe('one')
    layers.unmountSnapshotSync(Id)
    expect(await engine['system.check']({})).toMatchObject({ Errors: false })
    await engine['image.prune']({ all: true })
    expect(readdirSync(join(root, 'store/l'))).toHaveLength(1)
    await engine['container.remove']({ name: Id })
    await engine['image.prune']({ all: true })
    expect(readdirSync(join(root, 'store/l'))).toEqual([])
    for (const change of [
      () => engine['image.remove']({ name: id, force: true }),
      () => engine['image.tag']({ name: id, repo: 'b' }),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'StoreReadOnly' })
    expect(existsSync(join(other, 'overlay-images', id, 'manifest'))).toBe(true)
  })

  test('a store that changes is read again', async () => {
    await makeStore()
    const { engine } = open()
    expect(await engine['image.list']({})).toHaveLength(1)
    putJson([], 'overlay-images/images.json')
    expect(await engine['image.list']({})).toEqual([])
  })
})
