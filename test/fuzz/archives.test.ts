import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { parseArchiveConfig } from '../../engine/core/checkpoints/archive-config.ts'
import { unpackArchive } from '../../engine/core/checkpoints/unpack-archive.ts'
import { isOciArchive, openArchiveFile, readDockerArchive, readOciArchive, wholeArchive } from '../../engine/image/index.ts'
import { readTar, type TarHeader, type TarInput, writeTar } from '../../engine/lib/tar/index.ts'
import { feed } from './feed.ts'
import { inPieces, mutateBytes, mutateDocument, mutateJson } from './mutate.ts'
import { type Random, seed } from './random.ts'

const folder = mkdtempSync(join(tmpdir(), 'berth-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const plain = { type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 1_700_000_000_123_456_789n } as const
const zeros = '0'.repeat(64)

function file(path: string, text: string, more: Partial<TarHeader> = {}): TarInput {
  return { header: { ...plain, path, size: Buffer.byteLength(text), ...more }, body: [Buffer.from(text)] }
}

async function tarOf(members: TarInput[]): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of writeTar(members)) parts.push(part)
  return Buffer.concat(parts)
}

let tars: Buffer[]
let checkpoint: Buffer

beforeAll(async () => {
  const layer = await tarOf([
    { header: { ...plain, type: 'directory', path: 'etc', size: 0, mode: 0o755 } },
    file('etc/passwd', 'root:x:0:0::/root:/bin/sh\n', { xattrs: new Map([['user.a', Buffer.from('b')]]) }),
    file(`${'long/'.repeat(40)}name`, 'x'),
    { header: { ...plain, type: 'symlink', path: 'link', linkTarget: '../../etc/shadow', size: 0 } },
    { header: { ...plain, type: 'hardlink', path: 'hard', linkTarget: 'etc/passwd', size: 0 } },
    { header: { ...plain, type: 'character', path: 'null', deviceMajor: 1, deviceMinor: 3, size: 0 } },
    { header: { ...plain, type: 'fifo', path: 'fifo', size: 0 } },
  ])
  const docker = await tarOf([
    file('manifest.json', JSON.stringify([{ Config: 'c.json', RepoTags: ['a/b:1'], Layers: ['l/layer.tar'] }])),
    file('c.json', JSON.stringify({ rootfs: { type: 'layers', diff_ids: [`sha256:${zeros}`] } })),
    file('l/layer.tar', ''),
  ])
  const oci = await tarOf([
    file('oci-layout', '{"imageLayoutVersion":"1.0.0"}'),
    file(
      'index.json',
      JSON.stringify({
        schemaVersion: 2,
        manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: `sha256:${zeros}`, size: 1 }],
      }),
    ),
  ])
  tars = [layer, docker, oci]
  checkpoint = await tarOf([
    file('config.dump', '{"format":"berth-checkpoint-1"}'),
    file('checkpoint/pages-1.img', 'x'.repeat(100)),
    file('deleted.files', '["a"]'),
  ])
})

test(`archives that stream by, seed ${seed}`, async () => {
  const make = (random: Random): Buffer[] => inPieces(random, mutateBytes(random, random.pick(tars)))
  await feed('readTar', { count: 2500 }, make, async (pieces) => {
    let size = 0
    for await (const { header, body } of readTar(
      (async function* () {
        yield* pieces
      })(),
    )) {
      expect(header.path).not.toContain('\0')
      for await (const chunk of body) size += chunk.length
    }
    expect(size).toBeLessThanOrEqual(pieces.reduce((sum, piece) => sum + piece.length, 0))
  })
})

test(`archives of images in files, seed ${seed}`, async () => {
  const path = join(folder, 'image.tar')
  await feed(
    'archive files',
    { count: 750 },
    (random) => mutateBytes(random, random.pick(tars)),
    async (bytes) => {
      writeFileSync(path, bytes)
      const archive = await openArchiveFile(wholeArchive(openSync(path, 'r')), 'image.tar')
      try {
        if (isOciArchive(archive)) readOciArchive(archive)
        else readDockerArchive(archive)
      } finally {
        archive.close()
      }
    },
  )
})

test(`documents in archives of images, seed ${seed}`, async () => {
  const path = join(folder, 'documents.tar')
  const list = [{ Config: 'c.json', RepoTags: ['a/b:1'], Layers: ['l/layer.tar', 'm/layer.tar'], Parent: '' }]
  const make = (random: Random): Promise<Buffer> =>
    tarOf([file('manifest.json', mutateDocument(random, list).toString('latin1'))])
  await feed('documents in archives', { count: 500 }, make, async (made) => {
    writeFileSync(path, await made)
    const archive = await openArchiveFile(wholeArchive(openSync(path, 'r')), 'documents.tar')
    try {
      readDockerArchive(archive)
    } finally {
      archive.close()
    }
  })
})

test(`archives of checkpoints, seed ${seed}`, async () => {
  const descriptors = openSync('/dev/null', 'r')
  closeSync(descriptors)
  let number = 0
  const make = (random: Random): Buffer[] => {
    const bytes = mutateBytes(random, checkpoint)
    return inPieces(random, random.chance(30) ? mutateBytes(random, gzipSync(bytes)) : bytes)
  }
  const parent = mkdtempSync(join(folder, 'checkpoints-'))
  await feed('checkpoints', { count: 150 }, make, async (pieces) => {
    const { mkdir } = await import('node:fs/promises')
    const target = join(parent, String(number++))
    await mkdir(target)
    await unpackArchive(
      (async function* () {
        yield* pieces
      })(),
      target,
    )
  })
  // Nothing beside the folders it was given, and nothing in them but what is known.
  expect((await readdir(parent)).length).toBe(number)
  const again = openSync('/dev/null', 'r')
  closeSync(again)
  expect(again).toBe(descriptors)
})

test(`configurations of checkpoints, seed ${seed}`, async () => {
  const config = {
    format: 'berth-checkpoint-1',
    id: 'a'.repeat(64),
    name: 'shop',
    created: '2026-01-01T00:00:00Z',
    image: { id: 'b', name: 'c', digest: 'd' },
    spec: { image: 'x', command: ['sh'], env: { A: 'b' }, mounts: [{ type: 'bind', source: '/a', destination: '/b' }] },
  }
  await feed('config.dump', { count: 1500 }, (random) => mutateJson(random, config), parseArchiveConfig)
})
