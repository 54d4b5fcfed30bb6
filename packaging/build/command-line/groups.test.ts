import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { groupsOf } from './groups.ts'
import { readRecord } from './record.ts'

const large = 1_000_000

test('what the same commands ran is one file, what none ran another, and so is each package', () => {
  const groups = groupsOf([
    { path: 'a.ts', bytes: large, commands: ['ps', 'run'] },
    { path: 'b.ts', bytes: large, commands: ['run'] },
    { path: 'c.ts', bytes: large, commands: ['run', 'ps'] },
    { path: 'd.ts', bytes: large, commands: [] },
    { path: 'node_modules/yaml/index.js', bytes: large, commands: [] },
    { path: '../node_modules/@valibot/to-json-schema/index.js', bytes: large, commands: [] },
  ])
  expect(groups).toEqual([
    { name: 'run-1', paths: ['a.ts', 'c.ts'], compiled: true },
    { name: 'run-2', paths: ['b.ts'], compiled: true },
    { name: 'rest', paths: ['d.ts'], compiled: false },
    { name: 'yaml', paths: ['node_modules/yaml/index.js'], compiled: false },
    { name: 'valibot-to-json-schema', paths: ['../node_modules/@valibot/to-json-schema/index.js'], compiled: false },
  ])
})

test('a file of its own is not worth it for little', () => {
  const groups = groupsOf([
    { path: 'a.ts', bytes: large, commands: ['ps', 'run'] },
    { path: 'b.ts', bytes: 100, commands: ['run'] },
  ])
  expect(groups).toEqual([{ name: 'run-1', paths: ['a.ts', 'b.ts'], compiled: true }])
})

test('a small command does not pay for what larger ones need', () => {
  const groups = groupsOf([
    { path: 'a.ts', bytes: 20_000, commands: ['version', 'ps', 'run', 'rm', 'stop', 'logs', 'exec', 'pull'] },
    { path: 'b.ts', bytes: 60_000, commands: ['ps', 'run', 'rm', 'stop', 'logs', 'exec', 'pull'] },
  ])
  expect(groups.map(({ paths }) => paths)).toEqual([['a.ts'], ['b.ts']])
})

test('every recorded module is there: after a rename, `npm run record` finds it again', () => {
  const top = join(import.meta.dirname, '../../..')
  const paths = Object.keys(readRecord())
  expect(paths.length).toBeGreaterThan(100)
  expect(paths.filter((path) => !existsSync(join(top, path)))).toEqual([])
})
