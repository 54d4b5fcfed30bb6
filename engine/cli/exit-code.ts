import { EngineError } from '../errors/index.ts'

/** A command's own choice of exit code for a failure whose message is to be shown as any other's. */
export class ExitError extends Error {
  override readonly name = 'ExitError'
  readonly exitCode: number

  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, { cause })
    this.exitCode = exitCode
  }
}

/** Podman's exit code for a failure: 127 and 126 for a command that is not there or cannot run, else 125. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ExitError) return error.exitCode
  if (EngineError.is(error, 'CommandNotFound')) return 127
  if (EngineError.is(error, 'CommandNotExecutable')) return 126
  return 125
}
