import { apiVersion, type Engine } from '../contract/index.ts'
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
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (reads && (below === '/_ping' || below === '/libpod/_ping')) return { status: 200, headers: pingHeaders, body: 'OK' }
  if (request.method !== 'GET' || below !== '/version') return undefined
  const version = await engine['system.version']({}, { signal: request.signal })
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(version)}\n` }
}
