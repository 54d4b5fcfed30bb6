import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { buildCommandLine } from './command-line.ts'
import type { Group } from './groups.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-link-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const groups: Group[] = [
  { name: 'start', compiled: true, modules: /main|shapes/ },
  { name: 'rest', compiled: false, modules: /./ },
]

/** What the linked program prints. */
async function run(sources: Record<string, string>, compiled = true): Promise<string[]> {
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
  const lib = join(folder, 'lib')
  mkdirSync(lib, { recursive: true })
  const define = { 'import.meta.url': 'berthUrl', 'import.meta.dirname': '__dirname' }
  const options = {
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    outdir: lib,
    minifySyntax: true,
    define,
  } as const
  await buildCommandLine('main.ts', lib, options, compiled, groups)
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
