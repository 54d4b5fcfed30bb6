import { expect, test } from 'vitest'

import { digestOf } from './digest.ts'
import { addEntry, chooseEntry, emptyLayoutIndex, entryNames, formatLayoutIndex, parseLayoutIndex, refName } from './layout.ts'
import type { Descriptor } from './manifest/manifest.ts'
import { mediaTypes } from './manifest/media-types.ts'

const entry = (text: string): Descriptor => ({
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(Buffer.from(text)),
  size: text.length,
})

test('a name goes to the newest image of that name, and the older one stays without', () => {
  const index = emptyLayoutIndex()
  addEntry(index, entry('old'), 'latest')
  addEntry(index, entry('new'), 'latest')
  expect(chooseEntry(index, 'latest', 'it').digest).toBe(entry('new').digest)
  expect(index.manifests.map(({ digest, annotations }) => [digest, annotations?.[refName]])).toEqual([
    [entry('old').digest, undefined],
    [entry('new').digest, 'latest'],
  ])
  addEntry(index, entry('old'), 'again')
  expect(index.manifests).toHaveLength(2)
  expect(entryNames(index)).toEqual(['again', 'latest'])
  expect(parseLayoutIndex(formatLayoutIndex(index), 'it')).toEqual(index)
})

test('an image is chosen by name, by place, or because it is the only one', () => {
  const index = emptyLayoutIndex()
  expect(() => chooseEntry(index, '', 'The layout x')).toThrow('The layout x holds no image')
  addEntry(index, entry('one'))
  expect(chooseEntry(index, '', 'it').digest).toBe(entry('one').digest)
  addEntry(index, entry('two'), 'b:1')
  expect(() => chooseEntry(index, '', 'it')).toThrow('more than one image in oci, choose an image: it holds b:1')
  expect(chooseEntry(index, '@1', 'it').digest).toBe(entry('two').digest)
  expect(() => chooseEntry(index, '@2', 'it')).toThrow('counted from 0')
  expect(() => chooseEntry(index, 'c', 'it')).toThrow('no descriptor found for reference "c"')
})

test.each([
  ['no JSON', '{'],
  ['no version', '{"manifests":[]}'],
  ['no list', '{"schemaVersion":2,"manifests":{}}'],
  ['no descriptor', '{"schemaVersion":2,"manifests":[null]}'],
  ['a digest that is a path', '{"schemaVersion":2,"manifests":[{"mediaType":"a","size":1,"digest":"sha256:../../etc"}]}'],
])('an index with %s is refused', (_what, text) => {
  expect(() => parseLayoutIndex(Buffer.from(text), 'it')).toThrow(expect.objectContaining({ code: 'ManifestInvalid' }))
})
