import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { readYamlSource } from './yaml-source.ts'

let file: string
beforeAll(() => {
  file = join(mkdtempSync(join(tmpdir(), 'berth-sync-')), 'sync.yaml')
})
afterAll(() => rmSync(join(file, '..'), { recursive: true, force: true }))

test('everything that skopeo-sync(1) knows is read', async () => {
  writeFileSync(
    file,
    `registry.example.com:
  images:
    busybox: []
    redis: ["1.0", 2, 1.20, 0x1, true, "sha256:${'0'.repeat(64)}"]
    all:
  images-by-tag-regex:
    nginx: ^1\\.13
  images-by-semver:
    alpine: ">= 3.12"
  credentials:
    username: john
    password: this is a secret
  tls-verify: true
  cert-dir: /home/john/certs
quay.io:
  tls-verify: false
  images: {a/b: [latest]}
`,
  )
  expect(await readYamlSource(file)).toEqual([
    {
      registry: 'registry.example.com',
      images: [
        ['busybox', []],
        ['redis', ['1.0', '2', '1.20', '0x1', 'true', `sha256:${'0'.repeat(64)}`]],
        ['all', []],
      ],
      byRegex: [['nginx', '^1\\.13']],
      bySemver: [['alpine', '>= 3.12']],
      credentials: { username: 'john', password: 'this is a secret' },
      tlsVerify: true,
      certDir: '/home/john/certs',
    },
    { registry: 'quay.io', images: [['a/b', ['latest']]], byRegex: [], bySemver: [], tlsVerify: false },
  ])
})

test.each([
  ['a: [', 'Failed to unmarshal'],
  ['- a', 'holds no list'],
  ['a: {images: [x]}', 'images of a holds no list'],
  ['a: {images: {x: y}}', 'x has no list of tags'],
  ['a: {images: {x: [[y]]}}', 'x is no text'],
  ['a: {tls-verify: 3}', 'neither true nor false'],
  ['a: {credentials: {password: {}}}', 'password of a is no text'],
  [
    `a: &a [${'x,'.repeat(10)}x]\n${Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(10)}]`).join('\n')}`,
    'Failed to unmarshal',
  ],
])('%j is refused by name', async (text, message) => {
  writeFileSync(file, text)
  await expect(readYamlSource(file)).rejects.toMatchObject({ code: 'InvalidArgument', message: expect.stringContaining(message) })
})

test('a file that is not there is said to be so', async () => {
  await expect(readYamlSource(`${file}.none`)).rejects.toMatchObject({ code: 'NotFound' })
})
