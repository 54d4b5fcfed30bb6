import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { ociHooks } from './hooks.ts'
import type { OciSpec } from './oci.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-hooks-'))
  for (const name of ['one', 'two']) mkdirSync(path.join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true }))

const places = () => ['one', 'two'].map((name) => path.join(folder, name))
const write = (name: string, content: unknown) =>
  writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
const spec = { process: { args: ['/bin/sh', '-c'] }, annotations: { 'a.b': 'value' } } as unknown as OciSpec
const hook = (program: string, when: object, ...stages: string[]) => ({
  version: '1.0.0',
  hook: { path: program, args: ['x'], timeout: 3 },
  when,
  stages: stages.length > 0 ? stages : ['prestart'],
})
const chosen = async (hasBindMounts = false) => {
  const { hooks } = await ociHooks(places(), spec, hasBindMounts)
  return hooks.createRuntime?.map(({ path: program }) => program) ?? []
}

test('files are taken in the order of their names, and the last of the same name counts', async () => {
  write('one/20.json', hook('/b', { always: true }))
  write('two/10.json', hook('/a', { always: true }))
  write('two/20.json', hook('/c', { always: true }, 'prestart', 'poststop'))
  write('two/15-LATER.json', hook('/d', { always: true }, 'precreate'))
  write('one/README', 'no hook')
  expect(await ociHooks(places(), spec, false)).toEqual({
    hooks: {
      createRuntime: [
        { path: '/a', args: ['x'], timeout: 3 },
        { path: '/c', args: ['x'], timeout: 3 },
      ],
      poststop: [{ path: '/c', args: ['x'], timeout: 3 }],
    },
    precreate: [{ path: '/d', args: ['x'], timeout: 3 }],
  })
})

test.each<[object, boolean]>([
  [{ always: false }, false],
  [{}, false],
  [{ commands: ['/sh$'] }, true],
  [{ commands: ['^sh$'] }, false],
  [{ annotations: { '^a\\.b$': '^val' } }, true],
  [{ annotations: { 'a.b': 'other' } }, false],
  [{ annotations: { 'a.b': 'value' }, commands: ['bash'] }, false],
  [{ hasBindMounts: true }, false],
])('when %j: %s', async (when, expected) => {
  write('one/a.json', hook('/a', when))
  expect((await chosen()).length > 0).toBe(expected)
})

test.each<[object, boolean]>([
  [{}, false],
  [{ cmds: ['/sh$'] }, true],
  [{ cmd: ['^sh$', '/bin'] }, true],
  [{ annotations: ['^val'] }, true],
  [{ annotation: ['other'], cmds: ['/sh$'] }, true],
  [{ annotation: ['a.b'] }, false],
  [{ hasbindmounts: true }, false],
])('of the format before versions one condition is enough, %j: %s', async (conditions, expected) => {
  write('one/a.json', { hook: '/a', stage: ['prestart'], ...conditions })
  expect((await chosen()).length > 0).toBe(expected)
})

test('arguments of the format before versions follow the name of the program', async () => {
  write('one/a.json', { hook: '/a', arguments: ['--debug'], stages: ['prestart', 'poststop'], hasbindmounts: true })
  const entry = { path: '/a', args: ['/a', '--debug'] }
  expect((await ociHooks(places(), spec, true)).hooks).toEqual({ createRuntime: [entry], poststop: [entry] })
})

test('bind mounts of the caller are a condition', async () => {
  write('one/a.json', hook('/a', { hasBindMounts: true }))
  expect(await chosen(true)).toEqual(['/a'])
})

test.each<[unknown, RegExp]>([
  ['{', /a\.json cannot be used: it is not JSON/],
  [{ ...hook('/a', {}), version: '0.1.0' }, /version/],
  [hook('a', { always: true }), /hook\.path: is not an absolute path/],
  [hook('/a', { always: true }, 'sometime'), /stages/],
  [{ hook: '/a', stages: ['prestart'], stage: ['prestart'] }, /both stages and stage/],
  [{ hook: '/a', cmds: ['.'] }, /names no stages/],
  [{ hook: 'a', stages: ['prestart'] }, /hook: is not an absolute path/],
])('%j is refused by name', async (content, sentence) => {
  write('one/a.json', content)
  await expect(chosen()).rejects.toThrow(sentence)
})
