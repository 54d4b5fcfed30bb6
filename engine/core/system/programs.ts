import { statSync } from 'node:fs'
import path from 'node:path'

import { packageOf, versionOf } from '../../adapters/installed-program.ts'
import { readJson, writeFileAtomic } from '../../lib/files/atomic-file.ts'
import { which } from '../../lib/process/exec.ts'
import type { Context } from '../context.ts'

/** An external program as `info` shows it; empty where it is not installed or does not report it. */
export interface ProgramFacts {
  path: string
  /** `conmon_2.1.12-4_amd64`; empty where no package manager knows it. */
  package: string
  /** What `--version` prints. */
  version: string
}

type Known = Record<string, ProgramFacts & { changed: number }>

/**
 * Version and package of programs, by name or path. Running a program takes milliseconds and its package manager more, so results
 * are cached in the store as long as the files are unchanged.
 */
export async function programFacts(context: Context, names: readonly string[]): Promise<ProgramFacts[]> {
  const file = path.join(context.root, 'programs.json')
  const known = await readKnown(file)
  let learned = false
  const facts = await Promise.all(
    names.map(async (name) => {
      const found = which(name)
      if (found === null) return { path: '', package: '', version: '' }
      const changed = statSync(found).mtimeMs
      const before = known[found]
      if (before?.changed === changed) return before
      learned = true
      return (known[found] = { path: found, changed, version: await versionOf(found), package: await packageOf(found) })
    }),
  )
  if (learned) await writeFileAtomic(file, JSON.stringify(known)).catch(() => {})
  return facts.map(({ path: place, package: from, version }) => ({ path: place, package: from, version }))
}

async function readKnown(file: string): Promise<Known> {
  const value = await readJson(file).catch(() => undefined)
  const entries =
    typeof value === 'object' && value !== null ? Object.entries(value as Record<string, Partial<Known[string]> | null>) : []
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, Known[string]] =>
        typeof entry[1]?.path === 'string' && typeof entry[1].version === 'string' && typeof entry[1].package === 'string',
    ),
  )
}
