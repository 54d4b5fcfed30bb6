import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../errors/index.ts'
import { isDigest } from '../image/index.ts'
import { authorize, type Challenge, parseChallenge } from './authorize.ts'
import type { RegistryOptions } from './client.ts'
import { connectTo } from './connections.ts'
import { type Answer, type Exchange, type ExchangeOptions, readBody } from './exchange.ts'
import { cancelled, connectionFailure, errorText, isCertificateError, isRefused, isTransient, unauthorized } from './failures.ts'
import { speaksHttp } from './probe.ts'
import type { Source } from './sources.ts'

/** A request that is authorised and repeated as needed. The answer's status is below 400. */
export type Ask = (path: string, options?: ExchangeOptions) => Promise<Answer>

/**
 * A connection to a registry. Paths are below the repository's (`manifests/latest`), or, with a slash in front, below the
 * registry's own address. No connection is made before the first request; whoever opened it closes it.
 */
export function openSession(source: Source, options: RegistryOptions): { ask: Ask; once: Ask; close(): void } {
  const session = new Session(source, options)
  return {
    ask: (path, request = {}) => session.ask(path, request),
    /** One request, logged in where the registry wants it, with whatever answer; also to a whole address that the registry gave. */
    once: (path, request = {}) => session.once(path, request),
    close: () => session.close(),
  }
}

export interface WholeInput {
  ask: Ask
  registry: string
  path: string
  accept: string
  maxBytes: number
  options: RegistryOptions
}

/** An answer with its whole (small) body; one that breaks off is asked for again. @throws as `Ask`, RegistryProtocol beyond `maxBytes` */
export async function askWhole({
  ask,
  registry,
  path,
  accept,
  maxBytes,
  options,
}: WholeInput): Promise<Answer & { bytes: Buffer }> {
  const { retry = 3, retryDelay = 1000, signal } = options
  for (let attempt = 0; ; attempt++) {
    const answer = await ask(path, { headers: { accept } })
    try {
      return { ...answer, bytes: await readBody(answer, maxBytes) }
    } catch (error) {
      if (attempt >= retry || !isTransient(error)) throw connectionFailure(registry, error, signal)
    }
    await pause(retryDelay * 2 ** attempt, signal)
  }
}

/** As podman writes a wait. */
const formatWait = (milliseconds: number): string => (milliseconds < 1000 ? `${milliseconds}ms` : `${milliseconds / 1000}s`)

/** Waits, unless there is nothing to wait for. @throws Cancelled */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds <= 0) return
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {
    throw cancelled(signal!)
  })
}

/** What is learned about a registry while it is asked: http or https, and the login. */
class Session {
  readonly #source: Source
  readonly #options: RegistryOptions
  readonly #exchange: Exchange
  #scheme: 'https' | 'http' = 'https'
  /** Whether the scheme has worked once. */
  #settled = false
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

  async ask(path: string, request: ExchangeOptions): Promise<Answer> {
    const { signal, retry = 3, retryDelay = 1000, credentials, onRetry } = this.#options
    const { registry } = this.#source
    for (let attempt = 0; ; attempt++) {
      let wait = retryDelay * 2 ** attempt
      let reason: string
      try {
        const answer = await this.once(path, request)
        if (answer.status < 400) return answer
        if (attempt >= retry || !isPassing(answer.status) || isOnceOnly(request))
          throw await refusal(answer, this.#source, path, credentials !== undefined)
        answer.body.destroy()
        wait = Math.max(wait, retryAfter(answer))
        reason = `The registry ${registry} answered with status ${answer.status}.`
      } catch (error) {
        if (signal?.aborted) throw cancelled(signal)
        const passing = isTransient(error) || (this.#settled && isRefused(error))
        const failure = connectionFailure(registry, error, signal)
        if (attempt >= retry || !passing || isOnceOnly(request)) throw failure
        reason = failure.message
      }
      onRetry?.(`Failed, retrying in ${formatWait(wait)} ... (${attempt + 1}/${retry}). Error: ${reason}`)
      await pause(wait, signal)
    }
  }

  async once(path: string, request: ExchangeOptions): Promise<Answer> {
    const used = this.#authorization
    const answer = await this.#send(path, request)
    if (answer.status !== 401 || this.#options.token !== undefined) return answer
    const { registry, repository } = this.#source
    // Whoever the registry sends us to for bytes may not ask for its login.
    if (answer.url.host !== this.#address().host) return answer
    const challenge = parseChallenge(answer.headers['www-authenticate'])
    const text = errorText(await readBody(answer, 64 * 1024).catch(() => Buffer.alloc(0)))
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
    const secure = this.#scheme === 'https'
    this.#loggingIn ??= authorize({
      exchange: this.#exchange,
      registry,
      repository,
      challenge,
      secure,
      ...(credentials ? { credentials } : {}),
      ...(this.#options.scopes ? { scopes: this.#options.scopes } : {}),
      ...(signal ? { signal } : {}),
    }).finally(() => {
      this.#loggingIn = undefined
    })
    this.#authorization = await this.#loggingIn
  }

  async #send(path: string, request: ExchangeOptions): Promise<Answer> {
    if (this.#source.insecure && !this.#settled) await (this.#probing ??= this.#probe())
    const scheme = this.#scheme
    const other = scheme === 'https' ? 'http' : 'https'
    try {
      return await this.#sendOver(scheme, path, request)
    } catch (error) {
      // Another request may have found out meanwhile which it is.
      const open = !this.#settled || this.#scheme === other
      if (!this.#source.insecure || !open || this.#options.signal?.aborted) throw error
      if (error instanceof EngineError || isCertificateError(error)) throw error
      return this.#sendOver(other, path, request).catch((second: unknown) => {
        throw scheme === 'https' ? second : error
      })
    }
  }

  /** A registry that need not speak https mostly does not. Behind a proxy only an attempt tells. */
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

  async #sendOver(scheme: 'https' | 'http', path: string, request: ExchangeOptions): Promise<Answer> {
    const { repository } = this.#source
    const { signal } = this.#options
    const below = path.startsWith('/') || path.includes('://') ? path : `/v2/${repository}/${path}`
    const url = new URL(below, this.#address(scheme))
    // Whoever takes the bytes for the registry must not see who sends them.
    const own = url.host === this.#address(scheme).host
    const login: Record<string, string> = this.#authorization && own ? { authorization: this.#authorization } : {}
    const signals = [signal, request.signal].filter((each) => each !== undefined)
    const answer = await this.#exchange.send(url, {
      ...request,
      headers: { ...request.headers, ...login },
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
    })
    this.#scheme = scheme
    this.#settled = true
    return answer
  }
}

/** Whether an answer may be another one when asked again. */
export const isPassing = (status: number): boolean => status === 429 || status >= 500

/** A body that comes as a stream can be sent but once: whoever sends it knows how to begin again. */
const isOnceOnly = ({ body }: ExchangeOptions): boolean => typeof body === 'object' && !(body instanceof Uint8Array)

/** Milliseconds a registry asks to wait, at most a minute. */
export function retryAfter(answer: Answer): number {
  const text = String(answer.headers['retry-after'] ?? '')
  const milliseconds = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds, 0), 60_000) : 0
}

async function refusal(
  answer: Answer,
  { registry, repository }: Source,
  path: string,
  hadCredentials: boolean,
): Promise<EngineError> {
  const text = errorText(await readBody(answer, 64 * 1024).catch(() => Buffer.alloc(0)))
  const said = text ? ` (${text})` : ''
  const details = { registry, repository, status: answer.status, ...(text ? { text } : {}) }
  switch (answer.status) {
    case 401:
    case 403:
      return unauthorized(registry, repository, hadCredentials, text)
    case 404: {
      if (!/^(manifests|blobs)\/[^/]+$/.test(path))
        return new EngineError('ImageUnknown', `The registry ${registry} does not know ${repository || 'this'}${said}.`, {
          details,
        })
      const what = path.replace(/^(manifests|blobs)\//, '')
      const name = isDigest(what) ? `${registry}/${repository}@${what}` : `${registry}/${repository}:${what}`
      if (path.startsWith('blobs/'))
        return new EngineError(
          'RegistryProtocol',
          `The registry ${registry} has lost a part of ${repository}: ${what} is gone${said}.`,
          { details },
        )
      return new EngineError('ImageUnknown', `The registry ${registry} has no image ${name}: manifest unknown.`, { details })
    }
    case 429:
      return new EngineError(
        'RegistryThrottled',
        `The registry ${registry} allows no more requests for now${said}: try again later, or log in for a higher limit.`,
        { details },
      )
    default:
      if (answer.status >= 500)
        return new EngineError(
          'RegistryUnreachable',
          `The registry ${registry} is out of order: it answers with status ${answer.status}${said}.`,
          { details },
        )
      return new EngineError('RegistryProtocol', `The registry ${registry} answered with status ${answer.status}${said}.`, {
        details,
      })
  }
}
