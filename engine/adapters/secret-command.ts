import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run } from '../lib/process/exec.ts'

const timeout = 60_000

export interface SecretCommand {
  /** A line for sh, which finds the secret's id in `$SECRET_ID`. */
  line: string
  id: string
  /** Written to its standard input. */
  value?: Buffer
  /** Bytes it may answer. */
  maxOutput: number
  signal?: AbortSignal | undefined
}

/**
 * Runs what a user has set for keeping secrets. The value is never on a command line or in an environment.
 *
 * @returns its output, as text in latin1: one character a byte.
 * @throws EngineError `SecretDriverFailed`.
 */
export async function runSecretCommand({ line, id, value, maxOutput, signal }: SecretCommand): Promise<string> {
  const { code, stdout, stderr } = await run('/bin/sh', ['-c', line], {
    env: plainEnvironment({ SECRET_ID: id }),
    timeout,
    maxOutput,
    encoding: 'latin1',
    ...(value ? { stdin: value } : {}),
    ...(signal ? { signal } : {}),
  })
  if (code === 0) return stdout
  const reason = stderr.trim().split('\n').at(-1) || `exit status ${code}`
  throw new EngineError('SecretDriverFailed', `The command ${JSON.stringify(line)} of the secret driver failed: ${reason}`, {
    details: { id, code },
  })
}
