import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'

import { readJson, writeFileAtomic } from '../../lib/atomic-file.ts'
import { run, which } from '../../lib/exec.ts'
import type { Context } from '../context.ts'

/** An external program as `info` shows it; empty texts where it is not installed or does not tell. */
export interface ProgramFacts {
  path: string
  /** `conmon_2.1.12-4_amd64`; empty where no package manager knows it. */
  package: string
  /** What `--version` prints. */
  version: string
}

type Known = Record<string, ProgramFacts & { changed: number }>

/**
 * Version and package of programs, by name or path. Asking a program takes milliseconds and its package manager more, so
 * answers are kept in the store for as long as the files are the same.
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

async function versionOf(program: string): Promise<string> {
  const { stdout } = await run(program, ['--version'], { timeout: 5000, maxOutput: 65_536 }).catch(() => ({ stdout: '' }))
  switch (path.basename(program)) {
    // It prints its licence too.
    case 'pasta':
      return stdout.split('\n')[0] ?? ''
    // As podman shows it.
    case 'conmon':
      return stdout.trim().replaceAll('\n', ', ')
    default:
      return stdout.trim()
  }
}

async function packageOf(program: string): Promise<string> {
  const real = realpathSync(program)
  // Packages may name the file by its place before /bin and /lib became links into /usr.
  for (const place of new Set([program, real, real.replace(/^\/usr\//, '/')])) {
    const name = await debianPackage(place)
    if (name !== '') return name
  }
  const { stdout, code } = await run('rpm', ['-qf', real], { timeout: 5000 }).catch(() => ({ stdout: '', code: 1 }))
  return code === 0 ? stdout.trim() : ''
}

async function debianPackage(file: string): Promise<string> {
  const owner = await run('dpkg-query', ['-S', file], { timeout: 5000 }).catch(() => undefined)
  const name = owner?.code === 0 ? owner.stdout.split(':')[0] : undefined
  if (name === undefined) return ''
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package}_${Version}_${Architecture}', name], { timeout: 5000 })
  return stdout.trim()
}
