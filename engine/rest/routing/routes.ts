import { type Operation, type RefusedRoutes, refusedRoutes } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type Action, actions } from './actions.ts'

/** An operation, and what its path says. */
export interface Match extends Action {
  /** Path fields, decoded. */
  fields: Record<string, string>
}

interface Route {
  action: Action
  method: string
  pattern: RegExp
  fieldNames: string[]
  /** One of those that libpod has only below versions before 4. */
  isEarlier: boolean
}

const prefix = /^\/v\d[\w.-]*(?=\/)/

/** The path without `/vX.Y.Z`, or whatever a client calls its version: all are served alike. Docker's paths may end in a slash. */
function below(path: string): string {
  const rest = path.replace(prefix, '')
  return rest.startsWith('/libpod/') ? rest : rest.replace(/(?<=.)\/$/, '')
}

/** Below versions before 4 libpod has some routes of its own: their operations have this in front of their paths. */
const earlier = '/v3'

const versionOf = (path: string): number => Number(/^\/v(\d+)/.exec(path)?.[1] ?? Infinity)

function compile(action: Action): Route[] {
  const { path, aliases = [], method, head } = action.operation
  const methods = head ? [method, 'HEAD'] : [method]
  return [path, ...aliases].flatMap((each) =>
    methods.map((one) => ({ action, method: one, isEarlier: each.startsWith(`${earlier}/`), ...pattern(each) })),
  )
}

function pattern(path: string): Pick<Route, 'pattern' | 'fieldNames'> {
  const fieldNames: string[] = []
  const source = path.replace(/[.]|\{(\w+)(:\.\*)?\}/g, (found, field: string | undefined, slashes: string | undefined) => {
    if (field === undefined) return `\\${found}`
    fieldNames.push(field)
    return slashes ? '(.+)' : '([^/]+)'
  })
  return { pattern: new RegExp(`^${source}/?$`), fieldNames }
}

let refused: { routes: RefusedRoutes; patterns: RegExp[] }[] | undefined

/** What is said instead of an operation, where the API has a route that is not served. */
export function refusedRoute(method: string, path: string): RefusedRoutes | undefined {
  refused ??= refusedRoutes.map((routes) => ({ routes, patterns: routes.paths.map((each) => pattern(each).pattern) }))
  const rest = below(path)
  return refused.find(({ routes, patterns }) => routes.methods.includes(method) && patterns.some((each) => each.test(rest)))
    ?.routes
}

let compiled: Map<string, Route[]> | undefined

/**
 * Routes by method. Earlier ones, and those that ask for a query parameter, come before the general ones on the same path. Made when it
 * is first called, which a server does before its first request.
 */
export function routes(): Map<string, Route[]> {
  if (compiled) return compiled
  const all = actions().flatMap(compile)
  compiled = Map.groupBy(
    all.toSorted((one, other) => rank(one) - rank(other)),
    ({ method }) => method,
  )
  return compiled
}

function rank({ isEarlier, action: { operation } }: Route): number {
  if (isEarlier) return 0
  return operation.fixed !== undefined || operation.given !== undefined ? 1 : 2
}

/**
 * The operation of a request.
 *
 * @throws EngineError `NotFound` or `MethodNotAllowed`, `InvalidArgument` for a percent sign without two digits.
 */
export function matchRoute(method: string, path: string, query: URLSearchParams): Match {
  const rest = below(path)
  const asEarlier = versionOf(path) < 4 ? `${earlier}${rest}` : undefined
  for (const { action, pattern, fieldNames, isEarlier } of routes().get(method) ?? []) {
    const found = (isEarlier && asEarlier !== undefined ? pattern.exec(asEarlier) : null) ?? pattern.exec(rest)
    if (found && queryMatches(action.operation, query)) return { ...action, fields: decode(fieldNames, found) }
  }
  const others = alike(rest)
  const missing = others.filter((route) => route.method === method).flatMap(({ action }) => action.operation.given ?? [])
  if (missing.length > 0)
    throw new EngineError('MethodNotAllowed', `${method} ${rest} needs a query parameter: ${missing.join(' or ')}.`)
  if (others.length > 0)
    throw new EngineError('MethodNotAllowed', `${method} is not possible on ${rest}.`, { details: { unmatched: true } })
  throw new EngineError('NotFound', `There is no ${rest} in this API.`, { details: { unmatched: true } })
}

/** The API that a path belongs to, whatever the method. */
export function dialectAt(path: string): Operation['dialect'] {
  return alike(below(path)).find(({ action }) => action.operation.dialect !== undefined)?.action.operation.dialect
}

function alike(rest: string): Route[] {
  return [...routes().values()].flat().filter(({ pattern }) => pattern.test(rest))
}

function queryMatches({ fixed, given }: Operation, query: URLSearchParams): boolean {
  if (given !== undefined && !query.get(given)) return false
  return Object.entries(fixed ?? {}).every(([field, value]) => {
    const found = query.get(field)?.toLowerCase()
    return found === value || (value === 'true' && (found === '1' || found === 't'))
  })
}

function decode(fieldNames: readonly string[], found: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(fieldNames.map((field, index) => [field, decodePath(found[index + 1] ?? '')]))
}

/**
 * A part of a path without its percent signs; bytes that are not UTF-8 become �, so that nothing has such a name.
 *
 * @throws EngineError `InvalidArgument` for a percent sign without two digits.
 */
function decodePath(text: string): string {
  if (!text.includes('%')) return text
  if (/%(?![0-9a-fA-F]{2})/.test(text))
    throw new EngineError('InvalidArgument', 'The path holds a percent sign that does not begin two hexadecimal digits.')
  const bytes = text.replace(/%../g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
  // What is not encoded is ASCII: Node's HTTP parser gives the path's bytes as latin1.
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}
