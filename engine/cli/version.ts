import { readFileSync } from 'node:fs'

/** The version of podman whose commands and answers ours are; libpod's API has the same. */
export const podmanVersion = '5.4.2'

/** What `--version` prints. Clients that call us in podman's place take the word behind `version`, or the last one. */
export const versionLine = (version = readVersion()): string =>
  `berth ${version}, compatible with podman version ${podmanVersion}\n`

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
