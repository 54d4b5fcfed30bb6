import type { Operation, RefusedRoutes } from '../../contract/index.ts'
import { EngineError, toWire } from '../../errors/index.ts'
import type { RestReply } from '../http/message.ts'
import { rootCause } from './root-cause.ts'

/** The form of what the two APIs write differently. */
interface Dialect {
  /** The body of a failure. */
  failure(error: EngineError, status: number): { status: number; body: object }
  /** The last line of a failed stream of lines. The status went out long ago: clients look for `error` in the last line. */
  broken(error: EngineError): object
  lineEnd: string
}

const libpod: Dialect = {
  failure: (error, status) => {
    const { cause, ...rest } = toWire(error)
    return { status, body: { cause: rootCause(cause), ...rest, response: status } }
  },
  broken: (error) => {
    const { response: _, message, ...rest } = toWire(error)
    return { error: message, ...rest }
  },
  lineEnd: '\n',
}

/** Docker's, with libpod's fields beside. */
const docker: Dialect = {
  failure: (error, status) => {
    // Docker's clients take 501 and 502 for a proxy's.
    const shown = status === 501 || status === 502 ? 500 : status
    return { status: shown, body: { cause: rootCause(toWire(error).cause), message: wording(error), response: shown } }
  },
  broken: ({ message }) => ({ errorDetail: { message }, error: message }),
  lineEnd: '\r\n',
}

/** Some clients (docker-py) recognize a missing image by Docker's exact message, and pull it then. */
function wording({ code, message, details }: EngineError): string {
  const missing = code === 'ImageNotFound' && typeof details['name'] === 'string' && details['platform'] === undefined
  return missing ? `No such image: ${details['name']}` : message
}

/** The form that an operation's answers have. */
export function dialectOf({ dialect }: Pick<Operation, 'dialect'>): Dialect {
  return dialect === 'docker' ? docker : libpod
}

/** The answer of a route that is not served; podman's clients and Docker's read the same fields. */
export function refusedReply({ status, reason }: Pick<RefusedRoutes, 'status' | 'reason'>): RestReply {
  const body = { cause: 'not supported', message: reason, response: status, code: 'NotSupported' }
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` }
}

/** The answer to a path or method that the API does not have, as Go's routers write it; `undefined` for all other failures. */
export function unmatchedReply({ code, details }: EngineError): RestReply | undefined {
  if (details['unmatched'] !== true) return undefined
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }
  return code === 'NotFound'
    ? { status: 404, headers, body: 'Not Found\n' }
    : { status: 405, headers, body: 'Method Not Allowed\n' }
}

/** A failure in its API's form. */
export function failureReply(
  failure: unknown,
  status = EngineError.from(failure).status,
  dialect: Operation['dialect'] = undefined,
): RestReply {
  // No body may come with 304.
  if (status === 304) return { status: 304, headers: {} }
  const { status: shown, body } = dialectOf({ dialect }).failure(EngineError.from(failure), status)
  return { status: shown, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` }
}
