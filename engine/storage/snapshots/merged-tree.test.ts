import { expect, test } from 'vitest'

import { place } from './merged-tree.ts'

const entry = (kind: 'folder' | 'file' | 'whiteout') => ({
  isDirectory: () => kind === 'folder',
  isCharacterDevice: () => kind === 'whiteout',
  rdev: 0,
})
const make = (): Parameters<typeof place>[0] => ({ tree: new Map(), contents: new Map() })
const never = (): boolean => false

test('what is removed takes all below with it, and what is created again hides it', () => {
  const both = make()
  for (const path of ['/a', '/a/b', '/a/b/c', '/ab', '/d', '/d/e', '/f'])
    place(both, path, entry(path === '/a/b/c' ? 'file' : 'folder'), never)
  place(both, '/a', entry('whiteout'), never)
  expect([...both.tree.keys()]).toEqual(['/ab', '/d', '/d/e', '/f'])
  place(both, '/a', entry('folder'), never)
  place(both, '/a/x', entry('file'), never)
  place(both, '/d', entry('folder'), () => true)
  place(both, '/f', entry('file'), never)
  place(both, '/ab', entry('folder'), never)
  expect([...both.tree.keys()].toSorted()).toEqual(['/a', '/a/x', '/ab', '/d', '/f'])
  place(both, '/a', entry('file'), never)
  expect([...both.tree.keys()].toSorted()).toEqual(['/a', '/ab', '/d', '/f'])
})

test('many folders that are replaced take time by how many they are', () => {
  const both = make()
  const count = 50_000
  for (let i = 0; i < count; i++) place(both, `/${i}`, entry('folder'), never)
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) place(both, `/${i}`, entry('whiteout'), never)
  expect(both.tree.size).toBe(0)
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1)
})
