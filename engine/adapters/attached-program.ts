import { spawn } from 'node:child_process'
import { constants } from 'node:os'

import { programMissing } from '../lib/process/exec.ts'

/**
 * Runs a program with this process's own standard streams and environment, and waits for its end; the signals that end a command line
 * are left to it, as it is in the same process group.
 *
 * @returns its exit status; 128 and the signal's number where one ended it. @throws EngineError `ProgramMissing`
 */
export async function runAttached(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const ignore = (): void => {}
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, ignore)
  try {
    const child = spawn(program, args, { stdio: 'inherit', env: environment })
    return await new Promise((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? programMissing(program) : error))
      child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
  } finally {
    for (const name of signals) process.off(name, ignore)
  }
}
