import { type ErrorCode, errorStatus, isErrorCode } from './codes.ts'
import { printable } from './printable.ts'

/** Facts about a failure that a program may want: names, paths, sizes. Never a secret. */
export type ErrorDetails = Record<string, string | number | boolean | string[] | undefined>

/** A failure on the wire: libpod's three fields, plus our code and details. */
export interface WireError {
  /** The innermost reason, as libpod sends it. */
  cause: string
  /** One sentence that names the object and the way out. */
  message: string
  /** The HTTP status, repeated as libpod does. */
  response: number
  code?: ErrorCode
  details?: ErrorDetails
}

/**
 * The only error an engine operation throws.
 *
 * `message` is one sentence for a person: it names the object and, where there is one, the way out. It may quote what others wrote,
 * and is {@link printable} all the same.
 * Programs look at `code` and `details`.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(printable(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }

  /** The HTTP status of this failure. */
  get status(): number {
    return errorStatus[this.code]
  }

  /** Whether `error` is an {@link EngineError}, optionally with one of `codes`. */
  static is(error: unknown, ...codes: ErrorCode[]): error is EngineError {
    return error instanceof EngineError && (codes.length === 0 || codes.includes(error.code))
  }

  /** Any thrown value as an {@link EngineError}; what is not one already becomes `Internal`. */
  static from(error: unknown): EngineError {
    if (error instanceof EngineError) return error
    if (error instanceof AggregateError && error.errors.length > 0) {
      const first = EngineError.from(error.errors[0])
      const messages = error.errors.map((each) => EngineError.from(each).message)
      return new EngineError(first.code, messages.join('; '), { details: first.details, cause: error })
    }
    const message = error instanceof Error ? error.message : String(error)
    return new EngineError('Internal', message, { cause: error })
  }
}

/** The JSON body for a failure, as libpod clients read it. */
export function toWire(error: EngineError): WireError {
  let root: unknown = error
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  const cause = printable(root instanceof Error ? root.message : String(root))
  const details = Object.keys(error.details).length > 0 ? { details: error.details } : {}
  return { cause, message: error.message, response: error.status, code: error.code, ...details }
}

/** A failure read from the wire. Bodies without our code (real Podman's) get one by their status. */
export function fromWire(status: number, body: unknown): EngineError {
  const wire = (typeof body === 'object' && body !== null ? body : {}) as Partial<WireError>
  const message = typeof wire.message === 'string' ? wire.message : `The engine answered with HTTP status ${status}.`
  const code = isErrorCode(wire.code) ? wire.code : codeByStatus(status)
  return new EngineError(code, message, {
    details: typeof wire.details === 'object' && wire.details !== null ? wire.details : {},
    ...(typeof wire.cause === 'string' && wire.cause !== message ? { cause: new Error(wire.cause) } : {}),
  })
}

function codeByStatus(status: number): ErrorCode {
  switch (status) {
    case 304:
      return 'ContainerAlreadyStarted'
    case 400:
      return 'InvalidArgument'
    case 401:
      return 'RegistryUnauthorized'
    case 403:
      return 'AccessDenied'
    case 404:
      return 'NotFound'
    case 405:
      return 'MethodNotAllowed'
    case 409:
      return 'ContainerStateInvalid'
    case 501:
      return 'NotSupported'
    case 503:
      return 'EngineUnreachable'
    default:
      return 'Internal'
  }
}
