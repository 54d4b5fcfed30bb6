import { EngineError } from '../errors/index.ts'

/** A failure with an exit code of the command's own; its message is shown as usual, none where it has none. */
export class ExitError extends Error {
  override readonly name = 'ExitError'
  readonly exitCode: number
  /** Its message is shown as it is, without a word before it. */
  readonly plain: boolean

  constructor(exitCode: number, message: string, cause?: unknown, options: { plain?: boolean } = {}) {
    super(message, { cause })
    this.exitCode = exitCode
    this.plain = options.plain ?? false
  }
}

/** Podman's exit code for a failure: 127 and 126 for a command that is missing or cannot run, else 125. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ExitError) return error.exitCode
  if (EngineError.is(error, 'CommandNotFound')) return 127
  if (EngineError.is(error, 'CommandNotExecutable')) return 126
  return 125
}

/** The exit code of an `exists` command: 0 if the check passes, 1 if it finds no such object. */
export async function existsCode(check: Promise<unknown>): Promise<number> {
  try {
    await check
    return 0
  } catch (error) {
    const missing = [
      'ContainerNotFound',
      'ImageNotFound',
      'NetworkNotFound',
      'PodNotFound',
      'SecretNotFound',
      'VolumeNotFound',
    ] as const
    if (EngineError.is(error, ...missing, 'NotFound')) return 1
    throw error
  }
}
