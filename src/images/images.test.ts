import { expect, test } from 'vitest'

import type { Output } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { fakeImage } from '../testing/fake-data.ts'
import { type ImageFilter, imageRows, ownSize, parseImageSort, splitReference } from './image-rows.ts'
import { createPull } from './pull.ts'

type Progress = Output<'image.pull'>

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

async function* steps(...list: Progress[]): AsyncGenerator<Progress, void, undefined> {
  yield* list
}
const layer = (digest: string, phase: NonNullable<Progress['layer']>['phase'], current: number, total: number): Progress => ({
  layer: { digest, phase, current, total },
})

test('a pull keeps each layer’s latest step, and a rate over what was fetched', async () => {
  let now = 0
  const pull = createPull(() => (now += 1000))
  const rates: number[] = []
  pull.state.subscribe(() => rates.push(pull.state.get().rate))
  const stream = steps(
    layer('a', 'downloading', 100, 1000),
    layer('b', 'exists', 500, 500),
    layer('a', 'downloading', 600, 1000),
    layer('a', 'unpacking', 10, 1000),
    { id: 'image' },
  )
  await pull.run({ 'image.pull': async () => stream }, { reference: 'x' }, new AbortController().signal)
  expect(pull.state.get().layers.map(({ digest, phase }) => [digest, phase])).toEqual([
    ['a', 'unpacking'],
    ['b', 'exists'],
  ])
  expect(pull.state.get().id).toBe('image')
  expect(Math.max(...rates)).toBeGreaterThan(0)
})

test('an engine that only tells lines has them kept, and a failure is passed on', async () => {
  const pull = createPull()
  const failing = async function* (): AsyncGenerator<Progress, void, undefined> {
    yield { stream: 'Trying to pull x...\n' }
    throw new EngineError('RegistryUnreachable', 'no route')
  }
  await expect(
    pull.run({ 'image.pull': async () => failing() }, { reference: 'x' }, new AbortController().signal),
  ).rejects.toThrow('no route')
  expect(pull.state.get().lines).toEqual(['Trying to pull x...'])
})
