import { EngineError } from '../../errors/index.ts'
import { type HttpResponse, readBody } from '../http/exchange.ts'
import { errorText } from '../http/failures.ts'
import type { Source } from '../config/sources.ts'

/** A registry's error (distribution-spec, "Error Codes"). */
interface RegistryError {
  code: string
  text: string
}

async function readRegistryError(response: HttpResponse): Promise<RegistryError> {
  const body = await readBody(response, 64 * 1024).catch(() => Buffer.alloc(0))
  try {
    const { errors } = JSON.parse(body.toString('utf8')) as { errors?: { code?: unknown }[] }
    const code = errors?.[0]?.code
    return { code: typeof code === 'string' ? code.slice(0, 100) : '', text: errorText(body) }
  } catch {
    return { code: '', text: errorText(body) }
  }
}

/** The error for a refused push. @param what what was pushed: `the manifest latest`, `the blob sha256:…`. */
export async function pushRefusal(
  response: HttpResponse,
  source: Source,
  what: string,
  hadCredentials: boolean,
): Promise<EngineError> {
  const { registry, repository } = source
  const { code, text } = await readRegistryError(response)
  const { status } = response
  const suffix = text ? ` (${text})` : ''
  const details = { registry, repository, status, ...(code ? { reason: code } : {}) }
  const fail = (kind: ConstructorParameters<typeof EngineError>[0], message: string): EngineError =>
    new EngineError(kind, message, { details })
  if (status === 401 || status === 403 || code === 'DENIED' || code === 'UNAUTHORIZED')
    return pushForbidden(source, hadCredentials, text)
  if (status === 405 || code === 'UNSUPPORTED')
    return fail(
      'RegistryProtocol',
      `The registry ${registry} is read-only, or does not accept content of this kind: it refused ${what}${suffix}.`,
    )
  if (code === 'NAME_INVALID')
    return fail(
      'ImageReferenceInvalid',
      `The registry ${registry} does not accept the name ${repository}${suffix}: give another one.`,
    )
  if (status === 413 || code === 'SIZE_INVALID')
    return fail(
      'TooLarge',
      `The registry ${registry} does not accept ${what} because of its size${suffix}: its operator can raise the limit.`,
    )
  if (status === 429 || code === 'TOOMANYREQUESTS')
    return fail('RegistryThrottled', `The registry ${registry} allows no more requests for now${suffix}: try again later.`)
  if (status === 404 || code === 'NAME_UNKNOWN')
    return fail(
      'ImageUnknown',
      `The registry ${registry} has no repository ${repository} to push to${suffix}: make it first, or give another name.`,
    )
  if (code === 'DIGEST_INVALID')
    return fail('DigestMismatch', `The registry ${registry} found other content than its digest says in ${what}${suffix}.`)
  if (status >= 500) return fail('RegistryUnreachable', `The registry ${registry} fails with status ${status}${suffix}.`)
  return fail('RegistryProtocol', `The registry ${registry} did not accept ${what}: it answered with status ${status}${suffix}.`)
}

/** The error for a missing or wrong login, or one that may not push. */
export function pushForbidden({ registry, repository }: Source, hadCredentials: boolean, text = ''): EngineError {
  const suffix = text ? ` (${text})` : ''
  const message = hadCredentials
    ? `The registry ${registry} denied the push to ${repository}${suffix}: check the user name and password, and that the user may push there.`
    : `The registry ${registry} wants a login for pushing to ${repository}${suffix}: log in, or give a user name and password (--creds).`
  return new EngineError('RegistryUnauthorized', message, { details: { registry, repository, credentials: hadCredentials } })
}
