import { spawn } from 'node:child_process'
import { constants } from 'node:os'

import { ExitError } from '../exit-code.ts'

/**
 * Runs a program in place of this one: with its terminal, streams and folder.
 *
 * @returns its exit code; 128 and more where a signal ended it.
 * @throws ExitError 127 for a program that is missing, 126 for one that cannot be run
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env })
  // A terminal sends these to the program itself.
  const ignore = (): void => {}
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, ignore)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, forward)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => reject(startFailure(program, error)))
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
  } finally {
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.off(signal, ignore)
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, forward)
  }
}

function startFailure(program: string, error: NodeJS.ErrnoException): ExitError {
  if (error.code !== 'ENOENT') return new ExitError(126, `fork/exec ${program}: permission denied`, error)
  const reason = program.includes('/')
    ? `fork/exec ${program}: no such file or directory`
    : `exec: ${JSON.stringify(program)}: executable file not found in $PATH`
  return new ExitError(127, reason, error)
}
