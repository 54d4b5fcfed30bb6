import { readFileSync } from 'node:fs'

/** The host's os-release(5), or nothing where it has none. */
export function osRelease(): Record<string, string> {
  for (const file of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return parseOsRelease(readFileSync(file, 'utf8'))
    } catch {
      continue
    }
  }
  return {}
}

/** Reads the format of os-release(5): `NAME=value` lines, values optionally quoted. */
export function parseOsRelease(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const match = /^([A-Z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S*))\s*$/.exec(line.trim())
    if (match?.[1] === undefined) continue
    values[match[1]] = match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? match[4] ?? ''
  }
  return values
}
