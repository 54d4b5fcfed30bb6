import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { type TarHeader, writeTar } from '../../lib/tar/index.ts'
import { parseArchiveConfig } from './archive-config.ts'
import { explainFailure } from './explain.ts'
import { EngineError } from '../../errors/index.ts'
import { withoutSecrets } from './gather.ts'
import { applyRootfsDiff } from './rootfs-diff.ts'
import { treeMembers } from '../../lib/tree/index.ts'
import { criuNumber } from './checkpoint-image.ts'
import { splitStream } from './split-stream.ts'
import { unpackArchive } from './unpack-archive.ts'
import { unpackArchives } from './unpack-archives.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = (name: string, content = 'x', more: Partial<TarHeader> = {}) => ({
  header: { path: name, type: 'file' as const, mode: 0o600, uid: 0, gid: 0, size: content.length, mtime: 0n, ...more },
  body: [Buffer.from(content)],
})

async function archive(...members: Parameters<typeof writeTar>[0][]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(writeTar(members.flat() as never)))
}

async function* once(data: Buffer) {
  yield data
}

test('known members are unpacked, others are skipped', async () => {
  const data = await archive([
    file('config.dump', '{}'),
    file('checkpoint/core-1.img', 'core'),
    file('./ctr.log', 'log'),
    file('unknown', 'y'),
    file('checkpoint/a/b', 'deep'),
  ])
  await unpackArchive(once(zstdCompressSync(data)), folder)
  expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'config.dump', 'ctr.log'])
  expect(readdirSync(path.join(folder, 'checkpoint'))).toEqual(['core-1.img'])
})

test('the configuration in an archive has no values of secrets', () => {
  const limits = '"rlimits":[{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":18446744073709551615}]'
  const text = `{"ociVersion":"1.2.0","process":{"env":["A=b","TOKEN=x=y","TOKENS=z"],${limits}}}`
  expect(withoutSecrets(text, { secret_env: { TOKEN: 'token' } })).toBe(text.replace('"TOKEN=x=y",', ''))
  expect(withoutSecrets(text, {})).toBe(text)
})

test.each([
  ['..', file('../evil')],
  ['.. inside', file('checkpoint/../../evil')],
  ['absolute', file('/config.dump')],
  ['a link', file('config.dump', '', { type: 'symlink', linkTarget: '/etc/passwd', size: 0 })],
  ['a hard link', file('checkpoint/core-1.img', '', { type: 'hardlink', linkTarget: '/etc/shadow', size: 0 })],
  ['a device', file('checkpoint/x.img', '', { type: 'character', size: 0, deviceMajor: 1, deviceMinor: 3 })],
])('a hostile archive with %s is refused', async (_what, member) => {
  await expect(unpackArchive(once(await archive([member as never])), folder)).rejects.toMatchObject({ code: 'CheckpointInvalid' })
  expect(readdirSync(folder)).toEqual(['checkpoint'])
})

const parent = file('checkpoint/parent', '', { type: 'symlink', linkTarget: '../pre-checkpoint', size: 0 })
const first = () => archive([file('config.dump', '{}'), file('pre-checkpoint/pages-1.img', 'before')])
const second = () => archive([file('config.dump', '{"a":1}'), file('checkpoint/inventory.img'), parent])

test('an archive that goes on from a pre-checkpoint is put together with it, from one stream', async () => {
  const before = zstdCompressSync(await first())
  const both = Buffer.concat([before, await second()])
  const pieces = async function* () {
    for (let at = 0; at < both.length; at += 700) yield both.subarray(at, at + 700)
  }
  const { first: previous, rest } = splitStream(pieces(), before.length)
  await unpackArchives({ previous, archive: rest }, folder, undefined)
  expect(readFileSync(path.join(folder, 'checkpoint/parent/pages-1.img'), 'utf8')).toBe('before')
  expect(readFileSync(path.join(folder, 'config.dump'), 'utf8')).toBe('{"a":1}')
})

test.each([
  ['alone', undefined, second, /--import-previous/],
  ['with one that is none', second, second, /not one of a pre-checkpoint/],
  ['given to one that needs none', first, () => archive([file('checkpoint/inventory.img')]), /leave --import-previous out/],
])('a pre-checkpoint %s is refused', async (_what, previous, whole, words) => {
  const archives = { ...(previous ? { previous: once(await previous()) } : {}), archive: once(await whole()) }
  const failure = unpackArchives(archives, folder, undefined)
  await expect(failure).rejects.toMatchObject({ code: 'CheckpointInvalid', message: expect.stringMatching(words) })
})

test('a link among the images that leads elsewhere is refused', async () => {
  const other = file('checkpoint/parent', '', { type: 'symlink', linkTarget: '/etc', size: 0 })
  await expect(unpackArchive(once(await archive([other])), folder)).rejects.toMatchObject({ code: 'CheckpointInvalid' })
})

test("CRIU's version as its interface has it", () => {
  expect([criuNumber('4.1.1'), criuNumber('3.17'), criuNumber('4.2')]).toEqual(['40101', '31700', '40200'])
})

test('a member twice, too many, too large, or rubbish are refused', async () => {
  await expect(unpackArchive(once(await archive([file('ctr.log'), file('ctr.log')])), folder)).rejects.toMatchObject({
    code: 'CheckpointInvalid',
  })
  for (const limits of [
    { bytes: 5, members: 10 },
    { bytes: 100, members: 1 },
  ]) {
    rmSync(folder, { recursive: true })
    mkdirSync(folder)
    await expect(
      unpackArchive(once(await archive([file('ctr.log', 'xxx'), file('config.dump', 'xxx')])), folder, undefined, limits),
    ).rejects.toMatchObject({ code: 'CheckpointInvalid' })
  }
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  await expect(unpackArchive(once(Buffer.from('rubbish')), folder)).rejects.toMatchObject({ code: 'CheckpointInvalid' })
})

test('the configuration is checked', () => {
  const good = { format: 'berth-checkpoint-1', id: 'a'.repeat(64), name: 'c', created: '', image: null, spec: { rootfs: '/x' } }
  expect(parseArchiveConfig(good)).toMatchObject({ name: 'c' })
  expect(() => parseArchiveConfig({ ...good, id: '../x' })).toThrow(expect.objectContaining({ code: 'CheckpointInvalid' }))
  expect(() => parseArchiveConfig({ ...good, spec: { command: 'x' } })).toThrow(
    expect.objectContaining({ code: 'CheckpointInvalid' }),
  )
})

test('a tree survives: modes, links, times', async () => {
  const source = path.join(folder, 'source')
  mkdirSync(path.join(source, 'sub'), { recursive: true })
  writeFileSync(path.join(source, 'sub/f'), 'content')
  chmodSync(path.join(source, 'sub/f'), 0o751)
  linkSync(path.join(source, 'sub/f'), path.join(source, 'sub/g'))
  symlinkSync('f', path.join(source, 'sub/s'))
  const members = await Array.fromAsync(treeMembers(source))
  expect(members.map(({ header }) => [header.path, header.type])).toEqual([
    ['sub', 'directory'],
    ['sub/f', 'file'],
    ['sub/g', 'hardlink'],
    ['sub/s', 'symlink'],
  ])
  expect(members[1]?.header).toMatchObject({
    mode: 0o751,
    size: 7,
    mtime: statSync(path.join(source, 'sub/f'), { bigint: true }).mtimeNs,
  })
})

test('a file that changes while it is read does not break the archive', async () => {
  writeFileSync(path.join(folder, 'f'), 'x'.repeat(1000))
  const chunks: Uint8Array[] = []
  for await (const chunk of writeTar(treeMembers(folder))) {
    if (chunks.length === 0) writeFileSync(path.join(folder, 'f'), 'short')
    chunks.push(chunk)
  }
  expect(Buffer.concat(chunks).length % 512).toBe(0)
})

test('a link or a fifo that a running container puts in the way leads nowhere', async () => {
  const source = path.join(folder, 'source')
  const secret = path.join(folder, 'secret')
  for (const each of [source, path.join(source, 'sub'), secret]) mkdirSync(each)
  for (const name of ['sub/inner', 'waits', 'top']) writeFileSync(path.join(source, name), 'harmless')
  writeFileSync(path.join(secret, 'inner'), 'secret')
  const chunks: Uint8Array[] = []
  for await (const { header, body } of treeMembers(source)) {
    const place = path.join(source, header.path)
    rmSync(place, { recursive: true })
    if (header.path === 'waits') execFileSync('mkfifo', [place])
    else symlinkSync(header.path === 'sub' ? secret : path.join(secret, 'inner'), place)
    if (body) for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  }
  // What was opened with the header is read, whatever has its name by now.
  expect(Buffer.concat(chunks).toString('latin1')).toBe('harmless'.repeat(2))
})

test.skipIf(process.getuid?.() !== 0)('what a container wrote and removed comes back (needs root for whiteouts)', async () => {
  const upper = path.join(folder, 'upper')
  const work = path.join(folder, 'work')
  for (const each of [upper, work]) mkdirSync(each)
  writeFileSync(
    path.join(work, 'rootfs-diff.tar'),
    await archive([file('etc', '', { type: 'directory', mode: 0o700, size: 0 }), file('etc/new', 'new')]),
  )
  writeFileSync(path.join(work, 'deleted.files'), JSON.stringify(['etc/gone']))
  await applyRootfsDiff(work, upper)
  expect(readFileSync(path.join(upper, 'etc/new'), 'utf8')).toBe('new')
  expect(statSync(path.join(upper, 'etc')).mode & 0o777).toBe(0o700)
  expect(statSync(path.join(upper, 'etc/gone')).isCharacterDevice()).toBe(true)
})

test.skipIf(process.getuid?.() !== 0)('a diff cannot leave its folder (needs root)', async () => {
  const upper = path.join(folder, 'upper')
  mkdirSync(upper)
  writeFileSync(path.join(folder, 'rootfs-diff.tar'), await archive([file('../evil', 'evil')]))
  await expect(applyRootfsDiff(folder, upper)).rejects.toMatchObject({ code: 'CheckpointInvalid' })
  expect(readdirSync(folder).sort()).toEqual(['rootfs-diff.tar', 'upper'])
})

test('known failures of CRIU say the way out', () => {
  const failure = new EngineError(
    'CheckpointFailed',
    'CRIU could not checkpoint container c: Connected TCP socket, consider using --tcp-established option',
  )
  expect(explainFailure(failure).message).toMatch(/repeat with --tcp-established/)
  expect(explainFailure(new EngineError('DiskFull', 'full')).code).toBe('DiskFull')
})
