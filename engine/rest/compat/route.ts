import type { CallOptions, Engine, FailureStatuses } from '../../contract/index.ts'
import { EngineError, toWire } from '../../errors/index.ts'
import type { RestReply, RestRequest } from '../message.ts'

/** One request in Docker's form. */
export interface CompatCall {
  engine: Engine
  request: RestRequest
  query: URLSearchParams
  /** What the path names, decoded. */
  name: string
  options: CallOptions
  /** Told about a failure after the status went out. */
  onBreak: (error: unknown) => void
}

/** A path of Docker's API (below its version), mapped onto our operations. The first group of `path` is the name. */
export interface CompatRoute {
  method: 'GET' | 'POST' | 'DELETE'
  path: RegExp
  statuses?: FailureStatuses
  handle(call: CompatCall): Promise<RestReply>
}

export function json(value: unknown, status = 200): RestReply {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` }
}

/** A failure as Docker's clients read it, with libpod's fields beside. */
export function dockerFailure(error: EngineError, status: number = error.status): RestReply {
  if (status === 304) return { status: 304, headers: {} }
  // Docker's clients take 501 and 502 for a proxy's.
  const shown = status === 501 || status === 502 ? 500 : status
  return json({ cause: toWire(error).cause, message: wording(error), response: shown }, shown)
}

/** Some clients (docker-py) tell an image that is missing by Docker's very words, and pull it then. */
function wording({ code, message, details }: EngineError): string {
  return code === 'ImageNotFound' && message.endsWith(': image not known') && typeof details['name'] === 'string'
    ? `No such image: ${details['name']}`
    : message
}

/** JSON documents one after another; what fails on the way is the last one, in Docker's form. */
export function jsonLines(items: AsyncIterable<object>, onBreak: (error: unknown) => void): RestReply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: encode(items, onBreak) }
}

async function* encode(items: AsyncIterable<object>, onBreak: (error: unknown) => void): AsyncGenerator<string> {
  try {
    for await (const item of items) yield `${JSON.stringify(item)}\r\n`
  } catch (error) {
    onBreak(error)
    const { message } = EngineError.from(error)
    yield `${JSON.stringify({ errorDetail: { message }, error: message })}\r\n`
  }
}

/** Whether a query parameter is on, as Docker reads booleans. */
export function isOn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && !['', '0', 'no', 'false', 'none'].includes(value.toLowerCase())
}

/** The `filters` parameter, for operations that read both of its forms themselves. */
export function filtersOf(query: URLSearchParams): { filters?: string } {
  const filters = query.get('filters')
  return filters === null ? {} : { filters }
}
