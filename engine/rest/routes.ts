import { describe, type Operation, type OperationName, operationNames } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'

/** An operation, and what its path says. */
export interface Match {
  name: OperationName
  operation: Operation
  /** Path fields, decoded. */
  fields: Record<string, string>
}

interface Route {
  name: OperationName
  operation: Operation
  pattern: RegExp
  fields: string[]
}

const prefix = /^\/v\d[\w.-]*(?=\/)/

/** The path without `/vX.Y.Z`, or whatever a client calls its version: all are served alike. */
export function withoutVersion(path: string): string {
  return path.replace(prefix, '')
}

function compile(name: OperationName): Route {
  const operation = describe(name)
  const fields: string[] = []
  const source = operation.path.replace(
    /[.]|\{(\w+)(:\.\*)?\}/g,
    (found, field: string | undefined, slashes: string | undefined) => {
      if (field === undefined) return `\\${found}`
      fields.push(field)
      return slashes ? '(.+)' : '([^/]+)'
    },
  )
  return { name, operation, pattern: new RegExp(`^${source}/?$`), fields }
}

let compiled: Map<string, Route[]> | undefined

/**
 * Routes by method. Those with fixed query parameters come before the general ones on the same path. Made when it is first called,
 * which a server does before anybody asks it something.
 */
export function routes(): Map<string, Route[]> {
  if (compiled) return compiled
  const all = operationNames.map(compile)
  compiled = Map.groupBy(
    [...all.filter((route) => route.operation.fixed), ...all.filter((route) => !route.operation.fixed)],
    (route) => route.operation.method,
  )
  return compiled
}

/**
 * The operation that a request asks for.
 *
 * @throws EngineError `NotFound` or `MethodNotAllowed`, `InvalidArgument` for a percent sign without two digits.
 */
export function matchRoute(method: string, path: string, query: URLSearchParams): Match {
  const below = withoutVersion(path)
  for (const route of routes().get(method) ?? []) {
    const found = route.pattern.exec(below)
    if (found && fixedMatch(route.operation, query))
      return { name: route.name, operation: route.operation, fields: decode(route, found) }
  }
  const elsewhere = routes()
    .values()
    .some((list) => list.some((route) => route.pattern.test(below)))
  if (elsewhere) throw new EngineError('MethodNotAllowed', `${method} is not possible on ${below}.`)
  throw new EngineError('NotFound', `There is no ${below} in this API.`)
}

function fixedMatch(operation: Operation, query: URLSearchParams): boolean {
  return Object.entries(operation.fixed ?? {}).every(([field, value]) => {
    const given = query.get(field)?.toLowerCase()
    return given === value || (value === 'true' && (given === '1' || given === 't'))
  })
}

function decode(route: Route, found: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(route.fields.map((field, index) => [field, decodePath(found[index + 1] ?? '')]))
}

/**
 * A part of a path without its percent signs; bytes that are not UTF-8 become �, so that nothing has such a name.
 *
 * @throws EngineError `InvalidArgument` for a percent sign without two digits.
 */
export function decodePath(text: string): string {
  if (!text.includes('%')) return text
  if (/%(?![0-9a-fA-F]{2})/.test(text))
    throw new EngineError('InvalidArgument', 'The path holds a percent sign that does not begin two hexadecimal digits.')
  const bytes = text.replace(/%../g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
  // What is not encoded is ASCII: Node's HTTP parser gives the path's bytes as latin1.
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}
