import { expect, test } from 'vitest'

import { fakeImage } from '../testing/fake-data.ts'
import { ownSize } from '../engine/image-summary.ts'
import { type ImageFilter, imageRows, parseImageSort, splitReference } from './image-rows.ts'

test('the port of a registry is no tag', () => {
  expect(splitReference('localhost:5000/a/b')).toEqual({ name: 'localhost:5000/a/b', tag: '' })
  expect(splitReference('localhost:5000/a/b:1')).toEqual({ name: 'localhost:5000/a/b', tag: '1' })
})

const filter = (text: string, changes: Partial<ImageFilter> = {}): ImageFilter => ({
  text,
  use: 'all',
  dangling: true,
  ...changes,
})

test('those that lost their names, or that nothing uses, can be left out', () => {
  const images = [
    fakeImage('a:1', { Containers: 2 }),
    fakeImage('b:1'),
    fakeImage('c:1', { RepoTags: null, Id: 'fff', Containers: 1 }),
    // A layer of a build has no name and is needed all the same.
    fakeImage('d:1', { RepoTags: null, Id: 'ddd', Dangling: false }),
  ]
  const keys = (changes: Partial<ImageFilter>) =>
    imageRows(images, filter('', changes), parseImageSort('name')).map(({ reference, image }) => reference ?? image.Id)
  expect(keys({ dangling: false })).toEqual(['a:1', 'b:1', 'ddd'])
  expect(keys({ use: 'used' })).toEqual(['a:1', 'fff'])
  expect(keys({ use: 'unused' })).toEqual(['b:1', 'ddd'])
})

test('an image owns what it shares with none', () => {
  expect(ownSize(fakeImage('a:1', { Size: 100, SharedSize: 30 }))).toBe(70)
  expect(ownSize(fakeImage('a:1', { Size: 100, SharedSize: -1 }))).toBe(100)
})

test('one line for each name; images without one come last; the filter looks at names and ids', () => {
  const images = [fakeImage('z', { RepoTags: null, Id: 'fff' }), fakeImage('b:1', { RepoTags: ['b:1', 'a:2'] })]
  expect(imageRows(images, filter(''), parseImageSort('name')).map(({ reference }) => reference)).toEqual([
    'a:2',
    'b:1',
    undefined,
  ])
  expect(imageRows(images, filter('a:'), parseImageSort('size:desc')).map(({ reference }) => reference)).toEqual(['a:2'])
  expect(imageRows(images, filter('fff'), parseImageSort('name'))).toHaveLength(1)
})

test('names are in the order in which they are read: by their ends, numbers by their value', () => {
  const names = ['quay.io/z/app:1.10', 'docker.io/library/web:1', 'quay.io/z/app:1.9', 'docker.io/a/beta:1']
  const rows = imageRows([fakeImage('x', { RepoTags: names })], filter(''), parseImageSort('name'))
  expect(rows.map(({ reference }) => reference)).toEqual([
    'quay.io/z/app:1.9',
    'quay.io/z/app:1.10',
    'docker.io/a/beta:1',
    'docker.io/library/web:1',
  ])
})
