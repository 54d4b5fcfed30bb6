import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Group, groupsOf } from './groups.ts'
import { surroundings } from './link.ts'
import { versionLine } from '../../../engine/cli/version.ts'
import { linkProgram, type Member } from './members.ts'
import type { LinkOptions } from './program.ts'
import { readRecord, type RunRecord } from './record.ts'

/** The endings of files with compiled code, and the flags of V8 that each is for (docs/decisions/0022-baked-in-seed.md). */
const cacheFlags = { '.cache': [], '.baked.cache': ['--no-rehash-snapshot'] }

/**
 * Writes the command line into `lib`: cli.cjs, which node starts, a file for each group of modules with its compiled code, and
 * `cli/modules.json`, the modules' paths by their numbers (docs/decisions/0014-compiled-for-most.md).
 * @returns the recorded modules that are gone: under their new names they count as ones that no command needs
 */
export async function buildCommandLine(
  entry: string,
  lib: string,
  options: LinkOptions,
  compiled: boolean,
  record: RunRecord = readRecord(),
): Promise<string[]> {
  const folder = join(lib, 'cli')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const members = await linkProgram(entry, options)
  const groups = groupsOf(members.map(({ path, body }) => ({ path, bytes: body.length, commands: record[path] ?? [] })))
  const numbers = new Map(members.map(({ path }, number) => [path, number]))
  const fileOf = ({ name }: Group) => join(folder, `${name}.js`)
  for (const group of groups) writeFileSync(fileOf(group), groupText(group, members, numbers))
  writeFileSync(join(folder, 'modules.json'), JSON.stringify(members.map(({ path }) => path)))
  await writeLoader(lib, options, groups, members)
  const kept = (whole: boolean) => groups.filter((group) => group.compiled === whole).map(fileOf)
  if (compiled) {
    for (const [ending, flags] of Object.entries(cacheFlags)) {
      execFileSync(process.execPath, [
        ...flags,
        join(import.meta.dirname, 'compile.mjs'),
        ending,
        ...kept(true),
        '--',
        ...kept(false),
      ])
    }
  }
  return Object.keys(record).filter((path) => !numbers.has(path))
}

function groupText({ paths }: Group, members: readonly Member[], numbers: ReadonlyMap<string, number>): string {
  const bodies = paths.map((path) => `${numbers.get(path)}(exports,module){${members[numbers.get(path)!]!.body}}`)
  const text = `(function(${surroundings.join(',')}){return{\n${bodies.join(',\n')}\n}})`
  return ascii(text)
}

/** The loader reads files as Latin-1. Only regular expressions still hold other letters, and there \u means the same. */
function ascii(text: string): string {
  return Array.from(text, (letter) => (letter <= '~' ? letter : escaped(letter))).join('')
}

const escaped = (letter: string) =>
  letter
    .split('')
    .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

async function writeLoader(
  lib: string,
  options: LinkOptions,
  groups: readonly Group[],
  members: readonly Member[],
): Promise<void> {
  const places = new Map(groups.flatMap(({ paths }, place) => paths.map((path) => [path, place] as const)))
  await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['loader.ts'],
    outfile: join(lib, 'cli.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: options.target as string,
    minifySyntax: true,
    minifyWhitespace: true,
    define: {
      berthGroups: JSON.stringify(groups.map(({ name }) => name)),
      berthVersionLine: JSON.stringify(versionLine('@')),
      berthPlaces: JSON.stringify(members.map(({ path }) => places.get(path))),
    },
    logLevel: 'warning',
  })
}
