import { EngineError } from '../../errors/index.ts'

const certificateReasons: Record<string, string> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: "is not valid yet (is this host's clock right?)",
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself and by no authority this host trusts',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by an authority this host does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by an authority this host does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by an authority this host does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by an authority this host does not know',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host name',
  CERT_REVOKED: 'has been revoked',
}

const networkReasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name cannot be looked up right now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'it does not answer (timed out)',
  TransferStalled: 'it transfers less than 1 KiB in 30 seconds (timed out)',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  LoginServerBusy: 'its login server fails or allows no more requests for now',
}

/** Whether a connection error is temporary. */
export function isTransient(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return [
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'TransferStalled',
    'EAI_AGAIN',
    'HPE_INVALID_EOF_STATE',
    'ERR_STREAM_PREMATURE_CLOSE',
    'BodyCut',
    'LoginServerBusy',
  ].includes(code ?? '')
}

/** Whether the connection was refused: temporary if it worked a moment ago, as while a registry restarts. */
export function isRefused(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
}

/** Whether the server spoke something other than TLS. */
function isNotTls(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EPROTO' || (code?.startsWith('ERR_SSL_') ?? false)
}

export function isCertificateError(error: unknown): boolean {
  return ((error as NodeJS.ErrnoException).code ?? '') in certificateReasons
}

/** Why a web server, which is no registry, could not be read from; `undefined` where the registry's message fits as well. */
export function downloadReason(error: unknown): string | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (error instanceof EngineError) return undefined
  if (code in certificateReasons) return `its certificate ${certificateReasons[code]}`
  if (isNotTls(error)) return 'it does not speak https'
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') return 'it answered with something that is not HTTP'
  return networkReasons[code] ?? message
}

/** The message of a connection error. */
export function connectionFailure(registry: string, error: unknown, signal?: AbortSignal): EngineError {
  if (error instanceof EngineError) return error
  if (signal?.aborted) return cancelled(signal)
  const { code = '', message } = error as NodeJS.ErrnoException
  const details = { registry, reason: code || message }
  if (code in certificateReasons) {
    const out =
      code.startsWith('CERT_HAS') || code === 'CERT_NOT_YET_VALID'
        ? 'its operator must renew it'
        : code === 'ERR_TLS_CERT_ALTNAME_INVALID'
          ? 'use the name the certificate is for'
          : `put the authority's certificate into /etc/containers/certs.d/${registry}/ca.crt`
    return new EngineError(
      'RegistryCertificate',
      `The certificate of the registry ${registry} ${certificateReasons[code]}: ${out}, or, if you accept the risk, use --tls-verify=false.`,
      { details, cause: error },
    )
  }
  if (isNotTls(error)) {
    return new EngineError(
      'RegistryUnreachable',
      `The registry ${registry} does not speak https: if it is meant to be used over http, use --tls-verify=false or mark it insecure in /etc/containers/registries.conf.`,
      { details, cause: error },
    )
  }
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') {
    const what = code === 'HPE_HEADER_OVERFLOW' ? 'more headers than are accepted (64 KiB)' : 'something that is not HTTP'
    return new EngineError('RegistryProtocol', `The registry ${registry} answered with ${what}.`, { details, cause: error })
  }
  return new EngineError(
    'RegistryUnreachable',
    `The registry ${registry} cannot be reached: ${networkReasons[code] ?? message}.`,
    { details, cause: error },
  )
}

export function cancelled(signal: AbortSignal): EngineError {
  return new EngineError('Cancelled', 'The request was cancelled while it waited for a registry.', { cause: signal.reason })
}

/** The message of a registry's refusal. `text` is its own message. */
export function unauthorized(registry: string, repository: string, hadCredentials: boolean, text = ''): EngineError {
  const suffix = text ? ` (${text})` : ''
  const what = repository === '' ? 'this' : repository
  const message = hadCredentials
    ? `The registry ${registry} did not accept the user name and password for ${what}${suffix}: check them, and that the user may pull it.`
    : `The registry ${registry} wants a login for ${what}${suffix}: give a user name and password (--creds), or check the image's name.`
  return new EngineError('RegistryUnauthorized', message, { details: { registry, repository, credentials: hadCredentials } })
}

/** The registry's own message in an error body (distribution-spec, "Error Codes"), bounded and on one line. */
export function errorText(body: Buffer): string {
  try {
    const { errors, message, details } = JSON.parse(body.toString('utf8')) as {
      errors?: { code?: unknown; message?: unknown }[]
      message?: unknown
      details?: unknown
    }
    const first = errors?.[0]?.message ?? errors?.[0]?.code ?? details ?? message
    return typeof first === 'string' ? first.replace(/\p{Cc}+/gu, ' ').slice(0, 200) : ''
  } catch {
    return ''
  }
}
