import { isObject, ProblemError, secretField, ticketSchemes } from '../../protocol/index.ts'
import { basePath } from '../connection.ts'
import { keepSecret } from './secret.ts'

/** The result of a login step: a session, or a question. */
export type LoginStep =
  | { kind: 'session' }
  | { kind: 'question'; prompt: string; answer(text: string, signal?: AbortSignal): Promise<LoginStep> }

/**
 * Logs in with a system account. The cookie of the session is the browser's alone, the secret beside it this tab's.
 * Rejects with ProblemError: `authentication-failed`, `access-denied` (the account may not log in), `timeout`,
 * `too-many-sessions`, `not-supported` (a local session, which has a one-time address instead), `disconnected` (no server).
 */
export async function login(user: string, password: string, signal?: AbortSignal): Promise<LoginStep> {
  if (user.includes(':')) throw new ProblemError('authentication-failed', 'Wrong user name or password.')
  return ask(`Basic ${base64(`${user}:${password}`)}`, signal)
}

/** Redeems a ticket for a secret; returns whether it succeeded. Rejects with `disconnected`. */
export async function redeemTicket(kind: keyof typeof ticketSchemes, ticket: string): Promise<boolean> {
  const response = await get({ Authorization: `${ticketSchemes[kind]} ${ticket}` }, undefined)
  return response.ok && (await keepSecretOf(response))
}

/** Stores the secret of a response; other servers send none. */
async function keepSecretOf(response: Response): Promise<boolean> {
  const body: unknown = await response.json().catch(() => undefined)
  return isObject(body) && keepSecret(body[secretField])
}

async function ask(authorization: string, signal: AbortSignal | undefined): Promise<LoginStep> {
  const response = await get({ Authorization: authorization, 'X-Superuser': 'none' }, signal)
  if (response.ok) {
    await keepSecretOf(response)
    return { kind: 'session' }
  }
  const [scheme, id, prompt] = response.headers.get('WWW-Authenticate')?.split(' ') ?? []
  if (response.status === 401 && scheme === 'X-Conversation' && id !== undefined) {
    const answer = (text: string, next?: AbortSignal): Promise<LoginStep> => ask(`X-Conversation ${id} ${base64(text)}`, next)
    return { kind: 'question', prompt: unbase64(prompt ?? ''), answer }
  }
  const body: unknown = await response.json().catch(() => undefined)
  const problem =
    isObject(body) && typeof body['problem'] === 'string'
      ? body['problem']
      : response.status === 401
        ? 'authentication-failed'
        : 'internal-error'
  const message =
    isObject(body) && typeof body['message'] === 'string'
      ? body['message']
      : `The server answered with status ${response.status}.`
  throw new ProblemError(problem, message)
}

async function get(headers: Record<string, string>, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(`${basePath(location.pathname)}/login`, {
      headers,
      cache: 'no-store',
      credentials: 'same-origin',
      ...(signal ? { signal } : {}),
    })
  } catch (cause) {
    throw new ProblemError('disconnected', 'The server does not answer.', { cause })
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

function unbase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
}
