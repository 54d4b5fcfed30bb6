import { readFileSync } from 'node:fs'
import path from 'node:path'

let known: string | undefined

/** The version of this build: the VERSION beside an installed one, or the sources' package.json. */
export function berthVersion(): string {
  known ??= findVersion()
  return known
}

function findVersion(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const version =
      readIfThere(path.join(folder, 'VERSION'))?.trim() ?? versionOfPackage(readIfThere(path.join(folder, 'package.json')))
    if (version) return version
    if (folder === path.dirname(folder)) return '0.0.0'
  }
}

function versionOfPackage(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const { version } = JSON.parse(text) as { version?: unknown }
  return typeof version === 'string' ? version : undefined
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
