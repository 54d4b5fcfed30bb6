import { EngineError } from '../errors/index.ts'
import { type Answer, readBody } from './exchange.ts'
import { errorText } from './failures.ts'
import type { Source } from './sources.ts'

/** What a registry said about why it refused (distribution-spec, "Error Codes"). */
interface Said {
  code: string
  text: string
}

async function readSaid(answer: Answer): Promise<Said> {
  const body = await readBody(answer, 64 * 1024).catch(() => Buffer.alloc(0))
  try {
    const { errors } = JSON.parse(body.toString('utf8')) as { errors?: { code?: unknown }[] }
    const code = errors?.[0]?.code
    return { code: typeof code === 'string' ? code.slice(0, 100) : '', text: errorText(body) }
  } catch {
    return { code: '', text: errorText(body) }
  }
}

/** A registry's refusal of something that was pushed, in words. @param what the thing: `the manifest latest`, `the blob sha256:…`. */
export async function pushRefusal(answer: Answer, source: Source, what: string, hadCredentials: boolean): Promise<EngineError> {
  const { registry, repository } = source
  const { code, text } = await readSaid(answer)
  const { status } = answer
  const said = text ? ` (${text})` : ''
  const details = { registry, repository, status, ...(code ? { reason: code } : {}) }
  const fail = (kind: ConstructorParameters<typeof EngineError>[0], message: string): EngineError =>
    new EngineError(kind, message, { details })
  if (status === 401 || status === 403 || code === 'DENIED' || code === 'UNAUTHORIZED')
    return mayNotPush(source, hadCredentials, text)
  if (status === 405 || code === 'UNSUPPORTED')
    return fail(
      'RegistryProtocol',
      `The registry ${registry} is read-only, or takes nothing of this kind: it refused ${what}${said}.`,
    )
  if (code === 'NAME_INVALID')
    return fail(
      'ImageReferenceInvalid',
      `The registry ${registry} does not accept the name ${repository}${said}: give another one.`,
    )
  if (status === 413 || code === 'SIZE_INVALID')
    return fail(
      'TooLarge',
      `The registry ${registry} does not accept ${what} because of its size${said}: its operator can raise the limit.`,
    )
  if (status === 429 || code === 'TOOMANYREQUESTS')
    return fail('RegistryThrottled', `The registry ${registry} allows no more requests for now${said}: try again later.`)
  if (status === 404 || code === 'NAME_UNKNOWN')
    return fail(
      'ImageUnknown',
      `The registry ${registry} has no repository ${repository} to push to${said}: make it first, or give another name.`,
    )
  if (code === 'DIGEST_INVALID')
    return fail('DigestMismatch', `The registry ${registry} found other content than its digest says in ${what}${said}.`)
  if (status >= 500)
    return fail('RegistryUnreachable', `The registry ${registry} is out of order: it answers with status ${status}${said}.`)
  return fail('RegistryProtocol', `The registry ${registry} did not accept ${what}: it answered with status ${status}${said}.`)
}

/** That a login is missing, wrong, or does not allow to push. */
export function mayNotPush({ registry, repository }: Source, hadCredentials: boolean, text = ''): EngineError {
  const said = text ? ` (${text})` : ''
  const message = hadCredentials
    ? `The registry ${registry} denied pushing to ${repository}${said}: check the user name and password, and that the user may push there.`
    : `The registry ${registry} wants a login for pushing to ${repository}${said}: log in, or give a user name and password (--creds).`
  return new EngineError('RegistryUnauthorized', message, { details: { registry, repository, credentials: hadCredentials } })
}
