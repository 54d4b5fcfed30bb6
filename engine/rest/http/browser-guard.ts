import { isIP } from 'node:net'

import { EngineError } from '../../errors/index.ts'
import { headerOf, type RestRequest } from './message.ts'

/**
 * Refuses what a page in a browser sends to a TCP port: any page may send requests to this host, and with a name of its own that leads
 * here it may read the answers. Programs send no `Origin`, and name the host as the user gave it.
 *
 * @param allowed the origin that `--cors` lets in, or `*`.
 * @param named whether the name of the host is looked at too, as a service has to that does not know its clients.
 * @throws EngineError `AccessDenied`.
 */
export function checkOrigin(request: Pick<RestRequest, 'headers'>, allowed: string | undefined, named: boolean): void {
  const origin = headerOf(request, 'origin')
  if (origin !== undefined && allowed !== '*' && origin !== allowed)
    throw new EngineError(
      'AccessDenied',
      `Pages of ${origin} may not use this service: start it with --cors ${origin} to let them.`,
    )
  const host = headerOf(request, 'host')
  if (!named || host === undefined || isPlain(host)) return
  throw new EngineError(
    'AccessDenied',
    `This service does not answer to the name ${host}: use an address, localhost or the host's own name without a dot.`,
  )
}

/** A name that no page of elsewhere can have: an address, or one without a dot. */
function isPlain(host: string): boolean {
  const name = host.replace(/:\d*$/, '').replace(/^\[|\]$/g, '')
  return isIP(name) !== 0 || !name.includes('.')
}

/** Headers that let pages of an origin read answers and send what podman's clients send. */
export function corsHeaders(allowed: string | undefined): Record<string, string> {
  if (allowed === undefined) return {}
  return {
    'Access-Control-Allow-Origin': allowed,
    'Access-Control-Allow-Headers':
      'Origin, X-Requested-With, Content-Type, Accept, X-Registry-Auth, X-Registry-Config, Connection, Upgrade',
    'Access-Control-Allow-Methods': 'HEAD, GET, POST, DELETE, PUT, OPTIONS',
    ...(allowed === '*' ? {} : { Vary: 'Origin' }),
  }
}
