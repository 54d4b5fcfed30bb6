/**
 * Why a channel or a connection failed: a code of the protocol. Programs switch on it and never on text.
 *
 * The set is Cockpit's; unknown codes from a newer peer are passed on as they are.
 */
export const problems = [
  'access-denied',
  'authentication-failed',
  'change-conflict',
  'disconnected',
  'internal-error',
  'no-cockpit',
  'no-forwarding',
  'no-session',
  'not-found',
  'not-supported',
  'protocol-error',
  'terminated',
  'timeout',
  'too-large',
  'unknown-hostkey',
  'unsupported-shell',
] as const

/** A {@link problems | known problem code}, or one that only a newer peer knows. */
export type Problem = (typeof problems)[number] | (string & {})

/** The only error the bridge throws. `message` is one sentence for a person, `problem` is for programs. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.problem = problem
  }

  /** Whether `error` is a {@link ProblemError}, optionally with one of `codes`. */
  static is(error: unknown, ...codes: Problem[]): error is ProblemError {
    return error instanceof ProblemError && (codes.length === 0 || codes.includes(error.problem))
  }

  /** Any thrown value as a {@link ProblemError}; what is not one becomes `internal-error`. */
  static from(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error
    return new ProblemError(problemOf(error), error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** The problem code for an operating system error (`error.code` such as `ENOENT`). */
export function problemOf(error: unknown): Problem {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
      return 'not-found'
    case 'EACCES':
    case 'EPERM':
      return 'access-denied'
    case 'E2BIG':
    case 'ENAMETOOLONG':
      return 'too-large'
    case 'EINVAL':
    case 'EISDIR':
    case 'ELOOP':
    case 'ENODEV':
    case 'ENXIO':
      return 'not-supported'
    case 'ETIMEDOUT':
      return 'timeout'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'disconnected'
    default:
      return 'internal-error'
  }
}
