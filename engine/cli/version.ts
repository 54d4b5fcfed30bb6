import { readFileSync } from 'node:fs'

/** The version of this program: beside the built programs, or the sources' package.json. */
export function readVersion(): string {
  const places = ['../VERSION', '../../package.json']
  for (const place of places) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), 'utf8')
      return place.endsWith('.json') ? (JSON.parse(text) as { version: string }).version : text.trim()
    } catch {
      // The other place, then.
    }
  }
  return 'unknown'
}
