import { readFile } from 'node:fs/promises'

import { checkPairName, parsePairs, parseVariable } from '../../spec/pair.ts'
import { UsageError } from '../parse/usage-error.ts'
import { fileReason } from '../output/file-reason.ts'

/** The lines of a file that are neither empty nor comments. @throws UsageError */
async function lines(file: string, context: (file: string) => string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8'))
      .split(/\r?\n/)
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#'))
  } catch (error) {
    throw new UsageError(`${context(file)}: open ${file}: ${fileReason(error)}`)
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
  const environment = new Map<string, string>()
  // What is of the process's environment itself, and not of every object.
  const callers = new Map(Object.entries(own))
  const fromFiles = await Promise.all(files.map((file) => lines(file, (each) => `parsing file ${JSON.stringify(each)}`)))
  for (const entry of [...fromFiles.flat(), ...flags]) {
    const [name, value] = parseVariable(entry)
    if (value !== undefined) environment.set(name, value)
    else {
      const inherited = entry.endsWith('*')
        ? (each: string) => each.startsWith(entry.slice(0, -1))
        : (each: string) => each === entry
      for (const [each, its] of callers) if (inherited(each) && its !== undefined) environment.set(each, its)
    }
  }
  for (const name of environment.keys()) checkPairName(name, 'variable')
  return Object.fromEntries(environment)
}

/** Labels from files and flags: `NAME=VALUE`, or `NAME` with an empty value. */
export async function readLabels(files: readonly string[], flags: readonly string[]): Promise<Record<string, string>> {
  const fromFiles = await Promise.all(files.map((file) => lines(file, () => 'unable to process labels')))
  return parsePairs([...fromFiles.flat(), ...flags], 'label')
}

/** `KEY=VALUE` pairs that need their value. @param refusal what is said of one without, `{entry}`. @throws UsageError, EngineError `InvalidArgument` */
export function parseSettings(entries: readonly string[], what: string, refusal: string): Record<string, string> {
  const wrong = entries.find((entry) => !entry.includes('='))
  if (wrong !== undefined) throw new UsageError(refusal.replace('{entry}', () => wrong))
  return parsePairs(entries, what)
}
