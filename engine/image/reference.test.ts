import { expect, test } from 'vitest'

import { formatReference, parseReference, qualify, splitStoredName, toReference } from './reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['busybox', { repository: 'busybox' }],
  ['library/busybox:1.36', { repository: 'library/busybox', tag: '1.36' }],
  ['localhost/x', { registry: 'localhost', repository: 'x' }],
  ['localhost:5000/a/b/c:v1', { registry: 'localhost:5000', repository: 'a/b/c', tag: 'v1' }],
  ['127.0.0.1:5000/x', { registry: '127.0.0.1:5000', repository: 'x' }],
  ['[::1]:5000/x', { registry: '[::1]:5000', repository: 'x' }],
  ['docker://quay.io/a/b', { registry: 'quay.io', repository: 'a/b' }],
  [`quay.io/a/b:t@${digest}`, { registry: 'quay.io', repository: 'a/b', tag: 't', digest }],
  ['a__b/c---d/e.f', { repository: 'a__b/c---d/e.f' }],
])('%s is read', (text, expected) => {
  expect(parseReference(text)).toEqual(expected)
})

test.each([
  '',
  ':tag',
  'lib/UPPER',
  'a//b',
  'a/',
  '/a',
  'a:',
  'a:b:c',
  'a b',
  'a..b',
  'a/../b',
  'a@sha256:12',
  'oci:/tmp/x',
  'https://x.y/z',
  `${'a'.repeat(300)}`,
  'bad_host:1/x',
  'x:-t',
  'c'.repeat(64).replaceAll('c', 'f'),
])('%j is refused, naming it', (text) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'ImageReferenceInvalid' }))
})

test('Docker Hub has one name and official images a folder', () => {
  expect(formatReference(qualify(parseReference('busybox'), 'docker.io'))).toBe('docker.io/library/busybox:latest')
  expect(formatReference(toReference('index.docker.io/me/x'))).toBe('docker.io/me/x:latest')
  expect(formatReference(qualify(parseReference('busybox'), 'localhost'))).toBe('localhost/busybox:latest')
})

test('a digest wins over a tag in the stored name', () => {
  expect(formatReference(toReference(`quay.io/a/b:t@${digest}`))).toBe(`quay.io/a/b@${digest}`)
  expect(splitStoredName('localhost:5000/a:b')).toEqual({ repository: 'localhost:5000/a', tag: 'b' })
})
