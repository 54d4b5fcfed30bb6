import { realpathSync } from 'node:fs'
import path from 'node:path'

import { run } from '../lib/process/exec.ts'

/** What a program prints for `--version`; an empty text where it does not answer. */
export async function versionOf(program: string): Promise<string> {
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

/** The package that a program was installed by, as dpkg or rpm names it (`conmon_2.1.12-4_amd64`); an empty text where none knows it. */
export async function packageOf(program: string): Promise<string> {
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
