import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../../errors/index.ts'
import { isDigest } from '../../image/index.ts'
import { authorize, type Challenge, parseChallenge } from '../auth/authorize.ts'
import type { RegistryOptions } from '../options.ts'
import { connectTo } from './connections.ts'
import { type HttpResponse, type Exchange, type ExchangeOptions, readBody } from './exchange.ts'
import { cancelled, connectionFailure, errorText, isCertificateError, isRefused, isTransient, unauthorized } from './failures.ts'
import { speaksHttp } from './probe.ts'
import type { Source } from '../config/sources.ts'

/** A request that is authorised and repeated as needed. The answer's status is below 400. */
export type Send = (path: string, options?: ExchangeOptions) => Promise<HttpResponse>

/**
 * A connection to a registry. Paths are below the repository's (`manifests/latest`), or, with a slash in front, below the
 * registry's own address. No connection is made before the first request; the caller closes it.
 */
export function openSession(source: Source, options: RegistryOptions): { send: Send; sendOnce: Send; close(): void } {
  const session = new Session(source, options)
  return {
    send: (path, request = {}) => session.send(path, request),
    /** One request, logged in if the registry requires it, with any status; also to a full URL that the registry gave. */
    sendOnce: (path, request = {}) => session.sendOnce(path, request),
    close: () => session.close(),
  }
}

export interface BodyRequest {
  send: Send
  registry: string
  path: string
  accept: string
  maxBytes: number
  options: RegistryOptions
}

/** A response with its complete (small) body; retried if it breaks off. @throws as `Ask`, RegistryProtocol beyond `maxBytes` */
export async function sendForBody({
  send,
  registry,
  path,
  accept,
  maxBytes,
  options,
}: BodyRequest): Promise<HttpResponse & { bytes: Buffer }> {
  const { retry = 3, retryDelay = 1000, signal } = options
  for (let attempt = 0; ; attempt++) {
    const response = await send(path, { headers: { accept } })
    try {
      return { ...response, bytes: await readBody(response, maxBytes) }
    } catch (error) {
      if (attempt >= retry || !isTransient(error)) throw connectionFailure(registry, error, signal)
    }
    await pause(retryDelay * 2 ** attempt, signal)
  }
}

/** A delay as podman writes it. */
const formatWait = (milliseconds: number): string => (milliseconds < 1000 ? `${milliseconds}ms` : `${milliseconds / 1000}s`)

/** Waits; returns immediately for 0. @throws Cancelled */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds <= 0) return
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {
    throw cancelled(signal!)
  })
}

/** State of a registry that requests find out: http or https, and the login. */
class Session {
  readonly #source: Source
  readonly #options: RegistryOptions
  readonly #exchange: Exchange
  #scheme: 'https' | 'http' = 'https'
  /** Whether the scheme has worked once. */
  #schemeKnown = false
  #authorization: string | undefined
  #loggingIn: Promise<string> | undefined
  #probing: Promise<void> | undefined

  constructor(source: Source, options: RegistryOptions) {
    this.#source = source
    this.#options = options
    this.#exchange = options.connections?.to(source, options) ?? connectTo(source, options)
    if (options.token !== undefined) this.#authorization = `Bearer ${options.token}`
  }

  close(): void {
    if (!this.#options.connections) this.#exchange.close()
  }

  async send(path: string, request: ExchangeOptions): Promise<HttpResponse> {
    const { signal, retry = 3, retryDelay = 1000, credentials, onRetry } = this.#options
    const { registry } = this.#source
    for (let attempt = 0; ; attempt++) {
      let wait = retryDelay * 2 ** attempt
      let reason: string
      try {
        const response = await this.sendOnce(path, request)
        if (response.status < 400) return response
        if (attempt >= retry || !isTemporary(response.status) || isOnceOnly(request))
          throw await refusal(response, this.#source, path, credentials !== undefined)
        response.body.destroy()
        wait = Math.max(wait, retryAfter(response))
        reason = `The registry ${registry} answered with status ${response.status}.`
      } catch (error) {
        if (signal?.aborted) throw cancelled(signal)
        const temporary = isTransient(error) || (this.#schemeKnown && isRefused(error))
        const failure = connectionFailure(registry, error, signal)
        if (attempt >= retry || !temporary || isOnceOnly(request)) throw failure
        reason = failure.message
      }
      onRetry?.(`Failed, retrying in ${formatWait(wait)} ... (${attempt + 1}/${retry}). Error: ${reason}`)
      await pause(wait, signal)
    }
  }

  async sendOnce(path: string, request: ExchangeOptions): Promise<HttpResponse> {
    const used = this.#authorization
    const response = await this.#send(path, request)
    if (response.status !== 401 || this.#options.token !== undefined) return response
    const { registry, repository } = this.#source
    // A host that the registry redirects to for bytes must not request its login.
    if (response.url.host !== this.#address().host) return response
    const challenge = parseChallenge(response.headers['www-authenticate'])
    const text = errorText(await readBody(response, 64 * 1024).catch(() => Buffer.alloc(0)))
    if (!challenge) throw unauthorized(registry, repository, this.#options.credentials !== undefined, text)
    await this.#logIn(challenge, used)
    if (isOnceOnly(request)) throw unauthorized(registry, repository, this.#options.credentials !== undefined, text)
    return this.#send(path, request)
  }

  /** One login at a time, however many requests find their token expired. */
  async #logIn(challenge: Challenge, used: string | undefined): Promise<void> {
    if (this.#authorization !== used) return
    const { credentials, signal } = this.#options
    const { registry, repository } = this.#source
    this.#loggingIn ??= authorize({
      exchange: this.#exchange,
      registry,
      repository,
      challenge,
      address: this.#address(),
      ...(credentials ? { credentials } : {}),
      ...(this.#options.scopes ? { scopes: this.#options.scopes } : {}),
      ...(signal ? { signal } : {}),
    }).finally(() => {
      this.#loggingIn = undefined
    })
    this.#authorization = await this.#loggingIn
  }

  async #send(path: string, request: ExchangeOptions): Promise<HttpResponse> {
    if (this.#source.insecure && !this.#schemeKnown) await (this.#probing ??= this.#probe())
    const scheme = this.#scheme
    const other = scheme === 'https' ? 'http' : 'https'
    try {
      return await this.#sendOver(scheme, path, request)
    } catch (error) {
      // Another request may have found out the scheme meanwhile.
      const open = !this.#schemeKnown || this.#scheme === other
      if (!this.#source.insecure || !open || this.#options.signal?.aborted) throw error
      if (error instanceof EngineError || isCertificateError(error)) throw error
      return this.#sendOver(other, path, request).catch((second: unknown) => {
        throw scheme === 'https' ? second : error
      })
    }
  }

  /** A registry that need not speak https mostly does not. Behind a proxy only an attempt shows it. */
  async #probe(): Promise<void> {
    if (Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name))) return
    const { hostname, port } = this.#address()
    const host = hostname.replace(/^\[|\]$/g, '')
    if (await speaksHttp(host, port === '' ? 443 : Number(port), this.#options.signal)) this.#scheme = 'http'
  }

  #address(scheme = this.#scheme): URL {
    const { registry } = this.#source
    return new URL(`${scheme}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`)
  }

  async #sendOver(scheme: 'https' | 'http', path: string, request: ExchangeOptions): Promise<HttpResponse> {
    const { repository } = this.#source
    const { signal } = this.#options
    const below = path.startsWith('/') || path.includes('://') ? path : `/v2/${repository}/${path}`
    const url = new URL(below, this.#address(scheme))
    // The host that stores the bytes for the registry must not see the login.
    const own = url.host === this.#address(scheme).host
    const login: Record<string, string> = this.#authorization && own ? { authorization: this.#authorization } : {}
    const signals = [signal, request.signal].filter((each) => each !== undefined)
    const response = await this.#exchange.send(url, {
      ...request,
      headers: { ...request.headers, ...login },
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
    })
    this.#scheme = scheme
    this.#schemeKnown = true
    return response
  }
}

/** Whether a status is temporary, so that a retry may succeed. */
export const isTemporary = (status: number): boolean => status === 429 || status >= 500

/** A streamed body can be sent only once: its sender restarts it. */
const isOnceOnly = ({ body }: ExchangeOptions): boolean => typeof body === 'object' && !(body instanceof Uint8Array)

/** Milliseconds that a registry requests to wait, at most a minute. */
export function retryAfter(response: HttpResponse): number {
  const text = String(response.headers['retry-after'] ?? '')
  const milliseconds = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds, 0), 60_000) : 0
}

async function refusal(
  response: HttpResponse,
  { registry, repository }: Source,
  path: string,
  hadCredentials: boolean,
): Promise<EngineError> {
  const text = errorText(await readBody(response, 64 * 1024).catch(() => Buffer.alloc(0)))
  const suffix = text ? ` (${text})` : ''
  const details = { registry, repository, status: response.status, ...(text ? { text } : {}) }
  switch (response.status) {
    case 401:
    case 403:
      return unauthorized(registry, repository, hadCredentials, text)
    case 404: {
      if (!/^(manifests|blobs)\/[^/]+$/.test(path))
        return new EngineError('ImageUnknown', `The registry ${registry} does not know ${repository || 'this'}${suffix}.`, {
          details,
        })
      const what = path.replace(/^(manifests|blobs)\//, '')
      const name = isDigest(what) ? `${registry}/${repository}@${what}` : `${registry}/${repository}:${what}`
      if (path.startsWith('blobs/'))
        return new EngineError(
          'RegistryProtocol',
          `The registry ${registry} has lost a part of ${repository}: ${what} is gone${suffix}.`,
          { details },
        )
      return new EngineError('ImageUnknown', `The registry ${registry} has no image ${name}: manifest unknown.`, { details })
    }
    case 429:
      return new EngineError(
        'RegistryThrottled',
        `The registry ${registry} allows no more requests for now${suffix}: try again later, or log in for a higher limit.`,
        { details },
      )
    default:
      if (response.status >= 500)
        return new EngineError('RegistryUnreachable', `The registry ${registry} fails with status ${response.status}${suffix}.`, {
          details,
        })
      return new EngineError('RegistryProtocol', `The registry ${registry} answered with status ${response.status}${suffix}.`, {
        details,
      })
  }
}
