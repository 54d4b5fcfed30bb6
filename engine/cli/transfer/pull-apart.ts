import { spawn } from 'node:child_process'
import { ExitError } from '../exit-code.ts'
import { signalWhenInterrupted } from '../terminal/interrupt.ts'

/** With it the launcher starts commands that only read what this host already has (docs/decisions/0022-baked-in-seed.md). */
const bakedSeed = '--no-rehash-snapshot'

/** Tells a command line that it is to pull its image and do nothing else. */
const marker = 'BERTH_PULL_ONLY'

/** Whether this process only pulls what its command line names, for the process that started it. */
export const isPullOnly = (): boolean => process.env[marker] === '1'

/** Ends a process that only pulls. */
export function leavePullOnly(): never {
  throw new ExitError(0, '')
}

/** Whether the seed of this process's hashes is the one that comes with Node, so that anyone may know it. */
export const hasBakedSeed = (): boolean => process.execArgv.includes(bakedSeed)

/**
 * Pulls the image of this process's command line in a process of its own, with a random seed and the same terminal. It ends with this one
 * when that is interrupted.
 * @throws ExitError without a message where it failed: it has printed why
 */
export async function pullApart(): Promise<void> {
  const flags = process.execArgv.filter((flag) => flag !== bakedSeed && flag !== '--')
  const child = spawn(process.execPath, [...flags, '--', ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [marker]: '1' },
  })
  signalWhenInterrupted().addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exit, signal) => resolve(exit ?? (signal === null ? 125 : 130)))
  })
  if (code !== 0) throw new ExitError(code, '')
}
