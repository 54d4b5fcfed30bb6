import type { CallOptions, Engine, FailureStatuses } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { RestReply, RestRequest } from '../message.ts'
import { statusOf } from '../failure.ts'
import { decodePath, withoutVersion } from '../routes.ts'
import { imageCreateRoutes } from './image-create.ts'
import { imageTransferRoutes } from './image-transfer.ts'
import { imageRoutes } from './images.ts'
import { checkName } from './names.ts'
import { registryRoutes } from './registry.ts'
import { type CompatRoute, dockerFailure } from './route.ts'
import { systemRoutes } from './system.ts'

/** Docker's API, as far as it is mapped. Exact paths come before those that begin with any name. */
const routes: readonly CompatRoute[] = [
  ...systemRoutes,
  ...registryRoutes,
  ...imageCreateRoutes,
  ...[...imageTransferRoutes, ...imageRoutes].toSorted((a, b) => Number(takesName(a)) - Number(takesName(b))),
]

function takesName({ path }: CompatRoute): boolean {
  return path.source.includes('(.+)')
}

/** Answers a request in Docker's form; `undefined` for what is not Docker's, or not mapped. Never rejects. */
export async function compatReply(
  engine: Engine,
  request: RestRequest,
  path: string,
  query: URLSearchParams,
  options: CallOptions,
  onFailure: (error: EngineError, operation: string, requestId: string | undefined) => void,
): Promise<RestReply | undefined> {
  const below = withoutVersion(path).replace(/\/$/, '')
  if (below.startsWith('/libpod/')) return undefined
  const route = routes.find((each) => each.method === request.method && each.path.test(below))
  if (!route) return otherMethod(request.method, below)
  let name: string | undefined
  const fail = (error: unknown): EngineError => {
    const failure = EngineError.from(error)
    onFailure(failure, `${route.method} ${below}`, options.requestId)
    return failure
  }
  try {
    name = decodePath(route.path.exec(below)?.[1] ?? '')
    if (takesName(route)) checkName(name)
    return await route.handle({ engine, request, query, name, options, onBreak: fail })
  } catch (error) {
    const failure = fail(error)
    const asked = { statuses: { ...statuses, ...route.statuses }, read: true, named: name, field: fieldOf(failure, route) }
    return dockerFailure(failure, statusOf(failure, asked))
  }
}

/** Where libpod's service answers a failure of Docker's API with another status than the table of errors has. */
const statuses: FailureStatuses = { codes: { ImageReferenceInvalid: 500 } }

/** The parameter that a failure is about, if the route gives it a status of its own. */
function fieldOf({ details }: EngineError, { statuses: own }: CompatRoute): string | undefined {
  const field = details['field']
  return typeof field === 'string' && own?.fields?.[field] !== undefined ? field : undefined
}

/** A path that is Docker's with another method. */
function otherMethod(method: string, below: string): RestReply | undefined {
  if (!routes.some(({ path }) => path.test(below))) return undefined
  return dockerFailure(new EngineError('MethodNotAllowed', `${method} is not possible on ${below}.`))
}
