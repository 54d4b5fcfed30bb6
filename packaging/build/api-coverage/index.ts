import { dockerOperationNames, dockerOperations } from '../../../engine/contract/docker/index.ts'
import { describe, type Operation, operationNames, refusedRoutes } from '../../../engine/contract/index.ts'
import { dockerOnlyRoutes, dockerRoutes, libpodRoutes, type Route } from './podman-routes.ts'

/** How a route of podman's is answered here. */
export type Answer = { operation: string } | { status: number; reason: string } | 'missing'

const ours: [string, Operation][] = [
  ...dockerOperationNames.map((name): [string, Operation] => [name, dockerOperations[name]]),
  ...operationNames.map((name): [string, Operation] => [name, describe(name)]),
]

/** Fields have other names here and there. */
const shape = (path: string): string => path.replace(/\{\w+(:\.\*)?\}/g, '{}')

function methods({ method, head }: Operation): string[] {
  return head ? [method, 'HEAD'] : [method]
}

/** The operation, or the sentence, that answers a route. */
export function answerOf({ method, path }: Pick<Route, 'method' | 'path'>): Answer {
  const found = ours.find(
    ([, operation]) =>
      methods(operation).includes(method) &&
      [operation.path, ...(operation.aliases ?? [])].some((each) => [path, `/v3${path}`].map(shape).includes(shape(each))),
  )
  if (found) return { operation: found[0] }
  const refused = refusedRoutes.find(
    (routes) =>
      routes.methods.includes(method) &&
      routes.paths.some((each) => {
        const start = each.replace('{rest:.*}', '')
        return start === each ? shape(each) === shape(path) : path.startsWith(start)
      }),
  )
  return refused ? { status: refused.status, reason: refused.reason } : 'missing'
}

/** docs/api-coverage.md: every route of podman's API, with what answers it here. */
export function coverageDocument(): string {
  const extensions = ours.filter(([, operation]) => operation.extension)
  return `${[
    '# The API beside podman’s',
    'Written by `npm run docs` from the contract (`engine/contract`) and the list of podman 5.8’s routes (`packaging/build/api-coverage`); a test holds it against both, and fails for a route that is neither served nor refused with a reason.',
    'Paths are without the version in front: every one answers below any `/vX.Y.Z` and, other than podman’s, libpod’s without one too. Statuses over libpod’s API are podman’s, other than for values of a create request that are refused: 400. Over Docker’s API they are those that Docker documents where podman answers a client’s mistake with 500. Fields that podman does not know and drops are refused by name.',
    summary('libpod', libpodRoutes),
    summary('Docker', dockerRoutes),
    '## libpod',
    table(libpodRoutes),
    '## Docker',
    table(dockerRoutes),
    '## Docker’s own, which podman does not serve either',
    table(dockerOnlyRoutes),
    '## Only Berth',
    rows(
      ['route', 'operation'],
      extensions.map(([name, { method, path }]) => [code(`${method} ${path}`), code(name)]),
    ),
  ].join('\n\n')}\n`
}

function summary(name: string, routes: readonly Route[]): string {
  const answers = routes.map(answerOf)
  const served = answers.filter((answer) => typeof answer === 'object' && 'operation' in answer).length
  return `- **${name}**: ${served} of ${routes.length} routes are served, ${routes.length - served} are refused in a sentence.`
}

function table(routes: readonly Route[]): string {
  return rows(
    ['route', 'answered by', 'why not'],
    routes.map((route) => {
      const answer = answerOf(route)
      const name = `${code(`${route.method} ${route.path}`)}${route.newer ? ' (5.8)' : ''}`
      if (answer === 'missing') return [name, '**missing**', '']
      return 'operation' in answer ? [name, code(answer.operation), ''] : [name, String(answer.status), answer.reason]
    }),
  )
}

function rows(heads: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (each: readonly string[]): string => `| ${each.join(' | ')} |`
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...cells.map(line)].join('\n')
}

const code = (text: string): string => `\`${text}\``
