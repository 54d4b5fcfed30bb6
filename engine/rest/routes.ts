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

const prefix = /^\/v\d+(?:\.\d+){0,2}(?=\/)/

/** The path without `/vX.Y.Z`: clients of every version are served alike. */
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

/** Routes by method. Those with fixed query parameters come before the general ones on the same path. */
function routes(): Map<string, Route[]> {
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
 * @throws EngineError `NotFound` or `MethodNotAllowed`, `InvalidArgument` for a path that is not UTF-8.
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
  try {
    return Object.fromEntries(route.fields.map((field, index) => [field, decodeURIComponent(found[index + 1] ?? '')]))
  } catch (error) {
    throw new EngineError(
      'InvalidArgument',
      'The path holds a percent sign that does not begin two hexadecimal digits of UTF-8.',
      { cause: error },
    )
  }
}
