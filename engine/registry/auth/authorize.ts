import { EngineError } from '../../errors/index.ts'
import type { Credentials } from './credential.ts'
import { type Exchange, type ExchangeOptions, readBody } from '../http/exchange.ts'
import { errorText, unauthorized } from '../http/failures.ts'
import { parseRealm, realmAddresses } from './realm.ts'

/** A registry's authentication challenge (RFC 7235 and the distribution token specification). */
export type Challenge = { scheme: 'basic' } | { scheme: 'bearer'; realm: string; service?: string; scope?: string }

/** Reads WWW-Authenticate headers; Bearer is preferred, as every registry that offers both means it. */
export function parseChallenge(header: string | string[] | undefined): Challenge | undefined {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '')
  const bearer = /(?:^|,\s*)bearer\s+(.{1,4000})/i.exec(text)
  if (bearer) {
    const fields = new Map(
      [...bearer[1]!.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/gi)].map((match) => [match[1]!.toLowerCase(), match[2]!]),
    )
    const realm = fields.get('realm')
    const service = fields.get('service')
    const scope = fields.get('scope')
    if (realm) return { scheme: 'bearer', realm, ...(service ? { service } : {}), ...(scope ? { scope } : {}) }
  }
  return /(?:^|,\s*)basic(?:\s|$)/i.test(text) ? { scheme: 'basic' } : undefined
}

export interface AuthorizeInput {
  exchange: Exchange
  registry: string
  repository: string
  challenge: Challenge
  credentials?: Credentials
  /** Where the registry itself was reached: after https nothing is sent in the clear. */
  address: URL
  /** Scopes requested in addition to the challenge's. */
  scopes?: readonly string[]
  signal?: AbortSignal
}

/**
 * The Authorization header that answers a challenge.
 * @throws RegistryUnauthorized, RegistryProtocol, connection errors
 */
export async function authorize(input: AuthorizeInput): Promise<string> {
  const { challenge, credentials, registry, repository } = input
  if (challenge.scheme === 'bearer') return `Bearer ${await fetchToken(input, challenge)}`
  if (!credentials || !('username' in credentials)) throw unauthorized(registry, repository, false)
  return basic(credentials)
}

const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

async function fetchToken(input: AuthorizeInput, challenge: Extract<Challenge, { scheme: 'bearer' }>): Promise<string> {
  const { registry, repository, credentials, exchange, signal } = input
  const url = parseRealm(challenge.realm, registry, input.address.protocol === 'https:')
  const own = challenge.scope ?? (repository === '' ? undefined : `repository:${repository}:pull`)
  const scopes = [...(own === undefined ? [] : [own]), ...(input.scopes ?? [])]
  const request = tokenRequest(url, challenge.service, scopes, credentials, signal)
  const response = await exchange.send(url, { ...request, admit: realmAddresses(input.address) })
  const body = await readBody(response, 64 * 1024)
  if ([400, 401, 403].includes(response.status))
    throw unauthorized(registry, repository, credentials !== undefined, errorText(body))
  if (response.status === 429 || response.status >= 500)
    throw Object.assign(new Error(`status ${response.status}`), { code: 'LoginServerBusy' })
  const token = response.status === 200 ? readToken(body) : undefined
  if (!token)
    throw new EngineError(
      'RegistryProtocol',
      `The login server ${url.host} of the registry ${registry} answered with status ${response.status} and no token.`,
      { details: { registry, status: response.status } },
    )
  return token
}

/** Adds a GET's parameters to `url`; a refresh token is in the body of a POST. */
function tokenRequest(
  url: URL,
  service: string | undefined,
  scopes: readonly string[],
  credentials: Credentials | undefined,
  signal?: AbortSignal,
): ExchangeOptions {
  const more = signal ? { signal } : {}
  if (credentials && 'identityToken' in credentials) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service: service ?? '',
      scope: scopes.join(' '),
      client_id: 'berth',
      refresh_token: credentials.identityToken,
    })
    return { ...more, method: 'POST', body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  }
  if (service) url.searchParams.set('service', service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  if (credentials) url.searchParams.set('account', credentials.username)
  return { ...more, headers: credentials ? { authorization: basic(credentials) } : {} }
}

function readToken(body: Buffer): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(body.toString('utf8')) as { token?: unknown; access_token?: unknown }
    const found = token || accessToken
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined
  } catch {
    return undefined
  }
}
