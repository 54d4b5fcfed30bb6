import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { toReference } from '../../../image/index.ts'
import { scopesOf } from './require-trust.ts'

let root: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'berth-trust-')))
  mkdirSync(join(root, 'untrusted/image'), { recursive: true })
  mkdirSync(join(root, 'good'))
  symlinkSync('untrusted', join(root, 'link'))
})
afterAll(() => rmSync(root, { recursive: true }))

const closest = (name: string): string | undefined => scopesOf({ name }).scopes[0]

test.each(['dir', 'oci', 'oci-archive'])('%s: a path counts as it really is, however it is written', (transport) => {
  const real = join(root, 'untrusted/image')
  const written = [
    real,
    `${root}/good/../untrusted/image`,
    `${root}/link/image`,
    `${root}//untrusted/./image`,
    relative(process.cwd(), real),
  ]
  for (const path of written) expect(closest(`${transport}:${path}`)).toBe(real)
  expect(scopesOf({ name: `${transport}:${root}/good/../untrusted/image` }).scopes).not.toContain(join(root, 'good'))
})

test('a folder that is known by its descriptor counts by its path', () => {
  const fd = openSync(join(root, 'untrusted'), 'r')
  try {
    expect(closest(`oci:/proc/self/fd/${fd}:@0`)).toBe(join(root, 'untrusted'))
  } finally {
    closeSync(fd)
  }
})

test('what follows a path is no part of it, whatever it holds', () => {
  const real = join(root, 'untrusted/image')
  expect(closest(`oci:${real}:docker.io/library/x:1`)).toBe(real)
  expect(closest(`oci-archive:${real}:x`)).toBe(real)
})

test('names of registries are theirs, and what is sent has no path that is there', () => {
  expect(scopesOf({ name: 'docker://quay.io/a/b:1', reference: toReference('quay.io/a/b:1') }).scopes[1]).toBe('quay.io/a/b')
  expect(scopesOf({ name: 'docker-daemon:sha256:x' })).toEqual({ transport: 'docker-daemon', scopes: [] })
  expect(scopesOf({ name: 'docker-archive:that was sent:docker.io/a/b:1' }).scopes).toEqual([])
  expect(scopesOf({ name: 'the imported archive' })).toEqual({ transport: '', scopes: [] })
})
