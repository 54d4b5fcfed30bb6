import { readFile } from 'node:fs/promises'

import { UsageError } from '../parse/usage-error.ts'

/** The lines of a file that are neither empty nor comments. @throws UsageError */
async function lines(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8'))
      .split(/\r?\n/)
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#'))
  } catch (error) {
    throw new UsageError(`open ${file}: ${(error as Error).message}`)
  }
}

/**
 * The environment from files and flags; later ones win. `NAME` alone takes the caller's value, `PRE*` all of that
 * beginning.
 */
export async function readEnvironment(
  files: readonly string[],
  flags: readonly string[],
  own: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const environment: Record<string, string> = {}
  const fromFiles = await Promise.all(files.map(lines))
  for (const entry of [...fromFiles.flat(), ...flags]) {
    const equals = entry.indexOf('=')
    if (equals === 0) throw new UsageError(`invalid variable: "${entry}"`)
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1)
    else if (entry.endsWith('*'))
      for (const [name, value] of Object.entries(own))
        if (name.startsWith(entry.slice(0, -1)) && value !== undefined) environment[name] = value
    if (equals < 0 && own[entry] !== undefined) environment[entry] = own[entry] ?? ''
  }
  return environment
}

/** Labels from files and flags: `NAME=VALUE`, or `NAME` with an empty value. */
export async function readLabels(files: readonly string[], flags: readonly string[]): Promise<Record<string, string>> {
  const fromFiles = await Promise.all(files.map(lines))
  return parsePairs([...fromFiles.flat(), ...flags], 'label')
}

/** `NAME=VALUE` pairs; a name alone has an empty value. @throws UsageError */
export function parsePairs(entries: readonly string[], what: string): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const equals = entry.indexOf('=')
      if (equals === 0) throw new UsageError(`invalid ${what} format: "${entry}"`)
      return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)]
    }),
  )
}
