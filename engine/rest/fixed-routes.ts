import { apiVersion, type Engine } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import type { RestReply, RestRequest } from './message.ts'
import { withoutVersion } from './routes.ts'

/** The version of Docker's API that libpod's answers name. */
const dockerApi = '1.41'

/** On every answer, as libpod has them. */
export const commonHeaders = {
  'Api-Version': dockerApi,
  'Libpod-Api-Version': apiVersion,
  Server: `Berth/${apiVersion} (linux)`,
}

const pingHeaders = {
  'Builder-Version': '',
  'Buildkit-Version': '',
  'Cache-Control': 'no-cache',
  'Docker-Experimental': 'true',
  'Libpod-Buildah-Version': '1.39.3',
  OSType: 'linux',
  Pragma: 'no-cache',
  'content-type': 'text/plain; charset=utf-8',
}

/** What is no operation: the ping of both APIs, and Docker's spelling of the version. `undefined` for all else. */
export async function fixedRoute(engine: Engine, request: RestRequest, path: string): Promise<RestReply | undefined> {
  const below = withoutVersion(path)
  // As Go's routers have it: a path is cleaned before it means anything.
  if (path.includes('//'))
    return { status: 301, headers: { location: request.target.replace(path, path.replace(/\/{2,}/g, '/')) } }
  const ping = below === '/_ping' || below === '/libpod/_ping'
  if (!ping && below !== '/version') return undefined
  const reads = request.method === 'GET' || (ping && request.method === 'HEAD')
  if (!reads) throw new EngineError('MethodNotAllowed', `${request.method} is not possible on ${below}.`)
  if (ping) return { status: 200, headers: pingHeaders, body: 'OK' }
  const version = await engine['system.version']({}, { signal: request.signal })
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(version)}\n` }
}
