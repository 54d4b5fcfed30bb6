import type { BuildOptions } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Group, groups as usualGroups } from './groups.ts'
import { lazily } from './lazily.ts'
import { type LinkedModule, link, linkedNames } from './link.ts'

/**
 * Writes the command line into `lib`: cli.cjs, which node starts, and a file for each group of modules with its compiled
 * code (docs/decisions/0014-compiled-for-most.md).
 */
export async function buildCommandLine(
  entry: string,
  lib: string,
  options: BuildOptions & { absWorkingDir: string },
  compiled: boolean,
  groups: readonly Group[] = usualGroups,
): Promise<void> {
  const folder = join(lib, 'cli')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const members = await link(entry, options, (path) => groups.findIndex(({ modules }) => modules.test(path)))
  const files = groups.map((group, index) => {
    const file = join(folder, `${group.name}.js`)
    const own = members.flatMap((module, number) => (module.group === index ? [[number, module] as const] : []))
    if (own.length === 0) throw new Error(`No module is in the group ${group.name}: mend packaging/build/groups.ts.`)
    writeFileSync(file, groupText(own))
    return { group, file, start: own[0]![0] }
  })
  writeFileSync(join(lib, 'cli.cjs'), loaderText(files.map(({ group, start }) => [group.name, start])))
  const kept = (whole: boolean) => files.filter(({ group }) => group.compiled === whole).map(({ file }) => file)
  if (compiled) execFileSync(process.execPath, [join(import.meta.dirname, 'compile.mjs'), ...kept(true), '--', ...kept(false)])
}

function groupText(members: readonly (readonly [number, LinkedModule])[]): string {
  const bodies = members.map(([number, { path, body }]) => `${number}(exports,module){"use strict";/*${path}*/${body}}`)
  return ascii(`(function(${linkedNames.join(',')}){return{\n${bodies.join(',\n')}\n}})`)
}

/** The loader reads files as Latin-1. Only regular expressions still hold other letters, and there \u means the same. */
function ascii(text: string): string {
  return text.replace(/[^\t\r\n -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function loaderText(starts: readonly (readonly [string, number])[]): string {
  return readFileSync(join(import.meta.dirname, 'cli-loader.cjs'), 'utf8')
    .replace('[/* groups */]', JSON.stringify(starts))
    .replace('/* lazily */ (load) => load', lazily.toString())
}
