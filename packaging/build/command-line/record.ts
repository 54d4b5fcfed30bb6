import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The common commands that ran a module, by the module's path. `npm run record` writes it from real runs. */
export type RunRecord = Readonly<Record<string, readonly string[]>>

export const recordFile = join(import.meta.dirname, 'recorded.json')

export function readRecord(): RunRecord {
  const lines = JSON.parse(readFileSync(recordFile, 'utf8')) as Record<string, string>
  return Object.fromEntries(Object.entries(lines).map(([path, commands]) => [path, commands.split(' ')]))
}
