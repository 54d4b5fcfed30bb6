import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { buildCommandLine } from './index.ts'
import type { RunRecord } from './record.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-link-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const record: RunRecord = { 'main.ts': ['start'], 'shapes.ts': ['start'] }

/** What the linked program prints. */
async function run(sources: Record<string, string>, compiled = true): Promise<string[]> {
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
  const lib = join(folder, 'lib')
  mkdirSync(lib, { recursive: true })
  const options = {
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    outdir: lib,
    minifySyntax: true,
    logLevel: 'silent',
  } as const
  const gone = await buildCommandLine('main.ts', lib, options, compiled, record)
  expect(gone).toEqual(Object.keys(record).filter((name) => !(name in sources)))
  return execFileSync(process.execPath, [join(lib, 'cli.cjs'), 'word'], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

const sources = {
  'main.ts': `
    import { basename } from 'node:path'
    import path, * as alsoPath from 'node:path'
    import { Circle, sides as howMany } from './shapes.ts'
    import * as shapes from './shapes.ts'
    import { later, unused } from './barrel.ts'
    import './effect.ts'
    const say = (...words: unknown[]) => console.log(words.join(' '))
    say('effect', (globalThis as any).effect)
    say('not yet', (globalThis as any).loaded)
    say(new Circle(2).area(), { ...howMany }.square, [...shapes.list].length)
    say(later(), (globalThis as any).loaded, typeof unused)
    say(basename('/a/b'), path.extname('x.y'), alsoPath.sep)
    say(basename(import.meta.dirname), process.argv[2], '\u00e9\u{1F600}')
    void import('./dynamic.ts').then(({ answer, default: main }) => say(answer, main))`,
  'shapes.ts': `
    import { howRound } from './round.ts'
    export class Circle { constructor(private r: number) {} area() { return this.r * howRound } }
    export const sides = { square: 4 }
    export const list = [1, 2, 3]`,
  // In a circle with shapes.ts.
  'round.ts': `import { sides } from './shapes.ts'\nexport const howRound = 3\nexport const first = () => sides.square`,
  'barrel.ts': `export { later, unused } from './later.ts'\nexport * from './shapes.ts'`,
  'later.ts': `(globalThis as any).loaded = 'loaded'\nexport const later = () => 'later'\nexport const unused = 1`,
  'effect.ts': `(globalThis as any).effect = 'seen'`,
  'dynamic.ts': `export const answer = 42\nexport default 'main'`,
}

const printed = ['effect seen', 'not yet ', '6 4 3', 'later loaded number', 'b .y /', 'lib word é😀', '42 main']

test('modules find each other as in the sources, and run when something of theirs is first used', async () => {
  expect(await run(sources)).toEqual(printed)
  expect(await run(sources, false)).toEqual(printed)
})

test('a module that fails fails again when it is asked for again', async () => {
  const main = `
    const attempt = () => import('./bad.ts').then(() => 'loaded', (error: Error) => error.message)
    void attempt().then(async (first) => console.log(first, await attempt()))`
  const bad = `(globalThis as any).count = ((globalThis as any).count ?? 0) + 1\nthrow new Error('bad ' + (globalThis as any).count)\nexport {}`
  expect(await run({ 'main.ts': main, 'bad.ts': bad })).toEqual(['bad 1 bad 2'])
})

test('an imported name is one wherever it may stand, and none where something else hides it', async () => {
  const main = `
    import { tag, Shape, self, size, parts, Shape as Form } from './names.ts'
    import * as names from './barrel.ts'
    import os, { EOL } from 'node:os'
    import events from 'node:events'
    export { size as passedOn } from './names.ts'
    class Square extends Shape { sides = 4 }
    const short = { size, Form }
    const hidden = (size: number, { self }: { self: string }) => [size, self].join()
    const deeper = () => { const tag = 'own'; { let Shape = tag; return Shape } }
    console.log(tag\`a\${1}\`, new Square().name, new Form().name, new names.Shape().name)
    console.log(self() === undefined, names.self() === undefined, typeof self, short.size, short.Form === Shape)
    console.log(hidden(9, { self: 'x' }), deeper(), size in { 3: 1 }, [...\`\${size}\`].length, names['size'])
    console.log(new events.EventEmitter().listenerCount('x'), new parts.Inner('in').text)
    console.log(os.EOL === EOL, /^[\u00e4-\u00fc]$/.test('\u00f6'), Object.keys(names).sort().join())
    export const live = () => size`
  const names = `
    export const tag = (parts: TemplateStringsArray, ...values: number[]) => parts.raw[0]! + values[0]
    export class Shape { name = 'shape' }
    export function self(this: unknown) { return this }
    export const parts = { Inner: class { constructor(public text: string) {} } }
    export const size = 3`
  const barrel = `console.log('never run when nobody takes it whole')\nexport * from './names.ts'`
  const quiet = await run({ 'main.ts': main, 'names.ts': names, 'barrel.ts': `export * from './names.ts'` })
  expect(quiet).toEqual([
    'a1 shape shape shape',
    'true true function 3 true',
    '9,x own true 1 3',
    '0 in',
    'true true Shape,parts,self,size,tag',
  ])
  const direct = `import { size } from './barrel.ts'\nconsole.log(size)`
  expect(await run({ 'main.ts': direct, 'barrel.ts': barrel })).toEqual(['3'])
})

test('what cannot be linked is refused by name', async () => {
  await expect(
    run({ 'main.ts': `import { none } from './shapes.ts'\nconsole.log(none)`, 'shapes.ts': 'export {}' }),
  ).rejects.toThrow('No matching export')
  await expect(run({ 'main.ts': `const berthModule = 1\nconsole.log(berthModule)` })).rejects.toThrow(
    'main.ts has a variable berthModule',
  )
})
