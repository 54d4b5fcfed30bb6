import type { CallOptions, Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { RestReply, RestRequest } from '../message.ts'
import { withoutVersion } from '../routes.ts'
import { imageCreateRoutes } from './image-create.ts'
import { imageTransferRoutes } from './image-transfer.ts'
import { imageRoutes } from './images.ts'
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
  for (const route of routes) {
    const found = route.method === request.method ? route.path.exec(below) : null
    if (!found) continue
    const fail = (error: unknown): EngineError => {
      const failure = EngineError.from(error)
      onFailure(failure, `${route.method} ${below}`, options.requestId)
      return failure
    }
    try {
      const name = decode(found[1] ?? '')
      return await route.handle({ engine, request, query, name, options, onBreak: fail })
    } catch (error) {
      return dockerFailure(fail(error))
    }
  }
  return undefined
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (error) {
    throw new EngineError(
      'InvalidArgument',
      'The path holds a percent sign that does not begin two hexadecimal digits of UTF-8.',
      {
        cause: error,
      },
    )
  }
}
