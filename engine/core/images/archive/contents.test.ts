import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { mediaTypes, openArchiveFile, wholeArchive } from '../../../image/index.ts'
import { type TarInput, writeTar } from '../../../lib/tar/index.ts'
import { archivedImages } from './contents.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-contents-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const head = { mode: 0o644, uid: 0, gid: 0, mtime: 0n }
const member = (path: string, content: string): TarInput => ({
  header: { ...head, path, type: 'file', size: Buffer.byteLength(content) },
  body: [Buffer.from(content)],
})
const link = (path: string, linkTarget: string): TarInput => ({
  header: { ...head, path, type: 'hardlink', size: 0, linkTarget },
})

const hex = (i: number): string => i.toString(16).padStart(64, '0')

test('names are looked for when it is the turn of their image: many entries may be one large file', async () => {
  const count = 400
  const config = `sha256:${hex(7)}`
  const large = JSON.stringify({ config: { digest: config }, filling: Array.from({ length: 500_000 }, (_, i) => i) })
  const manifests = Array.from({ length: count }, (_, i) => ({
    mediaType: mediaTypes.ociManifest,
    digest: `sha256:${hex(i)}`,
    size: large.length,
  }))
  const path = join(folder, 'archive.tar')
  const members = [
    member('oci-layout', '{"imageLayoutVersion":"1.0.0"}'),
    member('index.json', JSON.stringify({ schemaVersion: 2, manifests })),
    member('manifest.json', JSON.stringify([{ Config: `blobs/sha256/${hex(7)}`, RepoTags: ['bb:1'], Layers: [] }])),
    member('large', large),
    ...manifests.map((_, i) => link(`blobs/sha256/${hex(i)}`, 'large')),
  ]
  writeFileSync(path, Buffer.concat(await Array.fromAsync(writeTar(members))))
  const file = await openArchiveFile(wholeArchive(openSync(path, 'r')), path)
  try {
    const before = process.cpuUsage()
    const images = archivedImages(file)
    expect(images).toHaveLength(count)
    expect(images[3]!.names).toEqual(['docker.io/library/bb:1'])
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1)
  } finally {
    file.close()
  }
})
