import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { berthAs } from '../support/berth.ts'
import { type Console, type ConsoleStart, startConsoleProcess } from './console-process.ts'

export { type Console, rootPassword } from './console-process.ts'

/**
 * Gives an ordinary user the registries of this run. What the console's namespace has in /etc is not what every session sees: one
 * that finds the user's namespace already made outside joins that. Answers with its undoing.
 */
export function giveRegistries(name: string): () => void {
  const { home, uid, gid } = berthAs(name).user
  const folder = join(home, '.config/containers')
  const file = join(folder, 'registries.conf')
  for (const each of [join(home, '.config'), folder]) {
    mkdirSync(each, { recursive: true, mode: 0o700 })
    chownSync(each, uid, gid)
  }
  copyFileSync(join(inject('stage').folder, 'registries.conf'), file)
  chownSync(file, uid, gid)
  chmodSync(file, 0o600)
  return () => rmSync(file, { force: true })
}

/** Starts the console of this run, see {@link startConsoleProcess}. */
export const startConsole = (name = 'console', options: Pick<ConsoleStart, 'flags' | 'prepare'> = {}): Promise<Console> =>
  startConsoleProcess({ stage: inject('stage'), name, ...options })
