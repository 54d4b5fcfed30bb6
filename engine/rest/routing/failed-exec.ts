import type { Pipe } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

/**
 * A connection to a command of an exec session that could not be started: its output says why. Docker and libpod answer that way, since
 * they hand the connection over before they start it; their clients then ask the session for its exit code, 126 or 127. Undefined for
 * other failures.
 */
export function failedExec(error: unknown): Pipe | undefined {
  if (!EngineError.is(error, 'CommandNotFound', 'CommandNotExecutable') || error.details['action'] !== 'exec') return undefined
  const data = Buffer.from(`Error: ${error.message}\n`)
  return {
    output: (async function* () {
      yield { stream: 'stderr' as const, data }
    })(),
    write: async () => {},
    end: async () => {},
    close: () => {},
  }
}
