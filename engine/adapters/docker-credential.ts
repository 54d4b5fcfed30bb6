import { EngineError } from '../errors/index.ts'
import { run } from '../lib/process/exec.ts'

// Docker's credential helper protocol: a program `docker-credential-NAME` with one word (get, store, erase, list), the rest on its
// standard input, and JSON on its standard output. So no secret is ever in an argument list.

/** Milliseconds. */
const timeout = 30_000

/**
 * Asks a credential helper: one word on its command line, the rest on its standard input.
 *
 * @returns what it printed, parsed; undefined where it prints nothing, or has no such login.
 * @throws EngineError `CredentialHelperFailed`, `Cancelled`.
 */
export async function askCredentialHelper(
  name: string,
  verb: 'get' | 'store' | 'erase' | 'list',
  input: string,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!/^[A-Za-z0-9][\w.-]{0,100}$/.test(name))
    throw failed(name, 'its name may hold only letters, digits, dots, dashes and underscores')
  let answer
  try {
    answer = await run(`docker-credential-${name}`, [verb], {
      stdin: input,
      timeout,
      maxOutput: 1024 * 1024,
      // Helpers reach key rings, clouds and password stores by what their own variables say.
      env: process.env,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) throw error
    throw failed(
      name,
      EngineError.is(error, 'ProgramMissing') ? 'it is not installed' : (error as Error).message.replace(/\.$/, ''),
      error,
    )
  }
  const { code, stdout, stderr } = answer
  // Its messages are on standard output, which may hold a secret only when it succeeds.
  const message = (stdout + stderr)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200)
  if (code !== 0 && /credentials not found/i.test(message)) return undefined
  if (code !== 0) throw failed(name, message || `it ended with status ${code}`)
  if (verb !== 'get' && verb !== 'list') return undefined
  try {
    return JSON.parse(stdout)
  } catch {
    throw failed(name, 'its answer is not JSON')
  }
}

function failed(name: string, why: string, cause?: unknown): EngineError {
  return new EngineError('CredentialHelperFailed', `The credential helper docker-credential-${name} failed: ${why}.`, {
    details: { helper: name },
    // A parser's or program's own error could quote what it read.
    ...(EngineError.is(cause, 'ProgramMissing') ? { cause } : {}),
  })
}
