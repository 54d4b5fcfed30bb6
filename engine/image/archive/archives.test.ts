import { createHash } from 'node:crypto'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type TarHeader, type TarInput, writeTar } from '../../lib/tar/index.ts'
import { type ArchiveFile, openArchiveFile, wholeArchive } from './archive-file.ts'
import { dockerArchiveSource, readDockerArchive } from './docker-archive.ts'
import { chooseEntry } from '../layout.ts'
import { ociArchiveSource, readOciArchive } from './oci-archive.ts'

let folder: string
const opened: ArchiveFile[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-archive-'))
})
afterEach(() => {
  for (const file of opened.splice(0)) file.close()
  rmSync(folder, { recursive: true })
})

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

function member(path: string, content: Buffer | string | object, more: Partial<TarHeader> = {}): TarInput {
  const text = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content)
  const body = Buffer.from(text as Buffer)
  return { header: { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: body.length, mtime: 0n, ...more }, body: [body] }
}

const link = (path: string, linkTarget: string, type: 'symlink' | 'hardlink' = 'symlink'): TarInput =>
  member(path, '', { type, linkTarget })

async function archive(...members: TarInput[]): Promise<ArchiveFile> {
  return openRaw(Buffer.concat(await Array.fromAsync(writeTar(members))))
}

async function openRaw(bytes: Buffer): Promise<ArchiveFile> {
  const path = join(folder, 'a.tar')
  writeFileSync(path, bytes)
  const file = await openArchiveFile(wholeArchive(openSync(path, 'r')), 'a.tar')
  opened.push(file)
  return file
}

const layer = Buffer.concat([Buffer.from('a layer'), Buffer.alloc(3000, 7)])
const config = Buffer.from(
  JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [sha256(layer)] } }),
)
const listed = (more: object = {}): object => [{ Config: 'c.json', RepoTags: ['bb:1'], Layers: ['l.tar'], ...more }]
const whole = (manifest: object = listed()): TarInput[] => [
  member('l.tar', layer),
  member('c.json', config),
  member('manifest.json', manifest),
]

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source))
}

describe('docker-archive', () => {
  const open = async (file: ArchiveFile) => dockerArchiveSource(file, readDockerArchive(file)[0]!, { name: 'x' })

  test('gives config and layers, from any offset', async () => {
    const source = await open(await archive(...whole()))
    const { bytes, digest } = await source.manifest()
    expect(sha256(bytes)).toBe(digest)
    const manifest = JSON.parse(bytes.toString())
    expect(manifest.config).toMatchObject({ digest: sha256(config), size: config.length })
    expect(manifest.layers).toEqual([
      { mediaType: 'application/vnd.docker.image.rootfs.diff.tar', size: layer.length, digest: sha256(layer) },
    ])
    expect(await bytesOf(source.blob(manifest.config))).toEqual(config)
    expect(await bytesOf(source.blob(manifest.layers[0]))).toEqual(layer)
    expect(await bytesOf(source.blob(manifest.layers[0], 100))).toEqual(layer.subarray(100))
  })

  test('layers that are compressed come plain, with their plain size', async () => {
    const source = await open(
      await archive(member('l.tar', gzipSync(layer)), member('c.json', config), member('manifest.json', listed())),
    )
    const [described] = JSON.parse((await source.manifest()).bytes.toString()).layers
    expect(described).toMatchObject({ size: layer.length, digest: sha256(layer) })
    expect(await bytesOf(source.blob(described, 5))).toEqual(layer.subarray(5))
  })

  test.each<[string, TarInput[]]>([
    ['podman: a link from the old name', [link('id/layer.tar', '../l.tar'), ...whole(listed({ Layers: ['id/layer.tar'] }))]],
    [
      'docker: a link between two folders',
      [member('b/layer.tar', layer), link('a/layer.tar', '../b/layer.tar'), ...whole(listed({ Layers: ['a/layer.tar'] }))],
    ],
    ['a hard link', [...whole(listed({ Layers: ['hard'] })), link('hard', 'l.tar', 'hardlink')]],
    ['names that begin with ./', [member('./l.tar', layer), member('./c.json', config), member('./manifest.json', listed())]],
  ])('layers are found: %s', async (_what, members) => {
    const source = await open(await archive(...members))
    const [described] = JSON.parse((await source.manifest()).bytes.toString()).layers
    expect(await bytesOf(source.blob(described))).toEqual(layer)
  })

  test.each<[string, TarInput[], RegExp]>([
    ['no manifest.json', [member('x', 'y')], /has no "manifest.json"/],
    ['only repositories', [member('repositories', '{}')], /before 1.10/],
    ['manifest.json that is not JSON', [member('manifest.json', '[{')], /not JSON/],
    ['manifest.json that is no list', [member('manifest.json', '{}')], /not a list/],
    ['manifest.json beyond 4 MiB', [member('manifest.json', Buffer.alloc(4 * 1024 * 1024 + 1, 32))], /larger than/],
    ['a layer that is not there', whole(listed({ Layers: ['other.tar'] })), /has no "other.tar"/],
    ['a config that is not there', whole(listed({ Config: 'd.json' })), /has no "d.json"/],
    ['more layers than the config says', whole(listed({ Layers: ['l.tar', 'l.tar'] })), /2 layers in manifest.json and 1/],
    ['more than 128 layers', whole(listed({ Layers: Array.from({ length: 129 }, () => 'l.tar') })), /129 layers/],
    ['a config outside', whole(listed({ Config: '../../etc/passwd' })), /leads out of it/],
    ['a layer outside', whole(listed({ Layers: ['/etc/passwd'] })), /leads out of it/],
    ['a link that leads out', [link('out', '../../etc/passwd'), ...whole(listed({ Layers: ['out'] }))], /leads out of it/],
    ['a link to an absolute place', [link('out', '/etc/passwd'), ...whole(listed({ Layers: ['out'] }))], /leads out of it/],
    ['links in circles', [link('a', 'b'), link('b', 'a'), ...whole(listed({ Layers: ['a'] }))], /circles/],
    ['a member that is there twice', [member('l.tar', 'other'), ...whole()], /more than once/],
  ])('refused: %s', async (_what, members, reason) => {
    const file = await archive(...members)
    await expect((async () => open(file))()).rejects.toMatchObject({
      code: 'ArchiveInvalid',
      message: expect.stringMatching(reason),
    })
  })
})

test('an archive that is cut short, or none at all, is refused', async () => {
  const bytes = Buffer.concat(await Array.fromAsync(writeTar(whole())))
  await expect(openRaw(bytes.subarray(0, 2000))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
  await expect(openRaw(Buffer.from('no archive at all'))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
  await expect(openRaw(Buffer.alloc(4096, 0x41))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
})

describe('oci-archive', () => {
  const manifest = Buffer.from('{"schemaVersion":2}')
  const blob = (bytes: Buffer, name = bytes): TarInput => member(`blobs/${sha256(name).replace(':', '/')}`, bytes)
  const index = (more: object = {}): object => ({
    schemaVersion: 2,
    manifests: [
      { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: sha256(manifest), size: manifest.length, ...more },
    ],
  })
  const layout = member('oci-layout', '{"imageLayoutVersion":"1.0.0"}')
  const open = (file: ArchiveFile) => ociArchiveSource(file, chooseEntry(readOciArchive(file), '', 'it'), 'x')

  test('gives the manifest, verified, and blobs', async () => {
    const source = open(await archive(layout, member('index.json', index()), blob(manifest), blob(layer)))
    expect((await source.manifest()).bytes).toEqual(manifest)
    const descriptor = { mediaType: '', digest: sha256(layer) as never, size: layer.length }
    expect(await bytesOf(source.blob(descriptor, 7))).toEqual(layer.subarray(7))
  })

  test('a manifest with other content, missing, or too large is refused', async () => {
    const wrong = open(await archive(layout, member('index.json', index()), blob(layer, manifest)))
    await expect(wrong.manifest()).rejects.toMatchObject({ code: 'DigestMismatch' })
    const absent = open(await archive(layout, member('index.json', index())))
    await expect(absent.manifest()).rejects.toMatchObject({ code: 'ArchiveInvalid' })
    const large = open(await archive(layout, member('index.json', index()), blob(Buffer.alloc(4 * 1024 * 1024 + 1), manifest)))
    await expect(large.manifest()).rejects.toMatchObject({ code: 'ArchiveInvalid' })
  })

  test.each<[string, TarInput[]]>([
    ['another version', [member('oci-layout', '{"imageLayoutVersion":"2.0.0"}'), member('index.json', index())]],
    ['a digest that leads elsewhere', [layout, member('index.json', index({ digest: 'sha256:../../../etc/passwd' }))]],
    ['a size that is none', [layout, member('index.json', index({ size: -1 }))]],
    ['an index that is no list', [layout, member('index.json', '{"schemaVersion":2,"manifests":{}}')]],
  ])('refused: %s', async (_what, members) => {
    const file = await archive(...members)
    expect(() => readOciArchive(file)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(ArchiveInvalid|ManifestInvalid)$/) }),
    )
  })
})
