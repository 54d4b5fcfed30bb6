import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type JsonObject } from '../protocol/index.ts'

/** A Cockpit package on this host. */
export interface Package {
  name: string
  folder: string
  manifest: JsonObject
}

/** Bytes of a manifest at which it is ignored. */
const maxManifest = 1024 * 1024

/** The packages in `folders` whose conditions hold; the first of a name wins. What cannot be read is left out. */
export function listPackages(folders: readonly string[]): Package[] {
  const found = new Map<string, Package>()
  for (const parent of folders) {
    for (const entry of entriesOf(parent)) {
      const folder = join(parent, entry)
      const manifest = readManifest(folder)
      if (manifest === undefined || !conditionsHold(manifest)) continue
      const name = typeof manifest['name'] === 'string' ? manifest['name'] : entry
      if (/^[a-zA-Z0-9][\w.-]{0,100}$/.test(name) && !found.has(name)) found.set(name, { name, folder, manifest })
    }
  }
  return [...found.values()]
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}

function readManifest(folder: string): JsonObject | undefined {
  try {
    const text = readFileSync(join(folder, 'manifest.json'), 'utf8')
    const manifest: unknown = text.length > maxManifest ? undefined : JSON.parse(text)
    return isObject(manifest) ? manifest : undefined
  } catch {
    return undefined
  }
}

/** Every condition has to hold; in `any` one of its own. Unknown ones do not hold. */
function conditionsHold({ conditions }: JsonObject): boolean {
  if (conditions === undefined) return true
  return (
    Array.isArray(conditions) && conditions.every((condition) => isObject(condition) && Object.entries(condition).every(holds))
  )
}

function holds([kind, value]: [string, unknown]): boolean {
  if (kind === 'any') return Array.isArray(value) && value.some((each) => isObject(each) && Object.entries(each).every(holds))
  if (typeof value !== 'string') return false
  if (kind === 'path-exists') return existsSync(value)
  return kind === 'path-not-exists' && !existsSync(value)
}
