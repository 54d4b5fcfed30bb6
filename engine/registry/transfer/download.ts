import { EngineError } from '../../errors/index.ts'
import { readCertificates } from '../config/certificates.ts'
import { openExchange } from '../http/exchange.ts'
import { connectionFailure, downloadReason } from '../http/failures.ts'

/**
 * A file of a web server, however large, by the rules for registries: certificates are verified, redirects bounded and never from
 * https to http. Leaving the iteration ends the transfer.
 * @throws EngineError, from the call, RegistryUnreachable, RegistryCertificate, RegistryProtocol, NotFound, Cancelled; from the
 *   iteration, RegistryUnreachable when the connection breaks or ends early
 */
export async function downloadFile(url: URL, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const exchange = openExchange({ tls: () => readCertificates(url.host, { verify: true }), verify: true })
  try {
    const response = await exchange.send(url, signal ? { signal } : {})
    if (response.status === 200) return body(url, response, exchange, signal)
    response.body.destroy()
    const code = response.status === 404 || response.status === 410 ? 'NotFound' : 'RegistryProtocol'
    throw new EngineError(code, `unable to download from ${shown(url)}: it answered with status ${response.status}.`)
  } catch (error) {
    exchange.close()
    throw downloadFailure(url, error, signal)
  }
}

async function* body(
  url: URL,
  response: Awaited<ReturnType<ReturnType<typeof openExchange>['send']>>,
  exchange: ReturnType<typeof openExchange>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const announced = Number(response.headers['content-length'] ?? NaN)
  let size = 0
  try {
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      size += piece.length
      yield piece
    }
    if (Number.isFinite(announced) && size !== announced)
      throw new EngineError('RegistryUnreachable', `The download from ${shown(url)} ended after ${size} of ${announced} bytes.`)
  } catch (error) {
    throw downloadFailure(url, error, signal)
  } finally {
    response.body.destroy()
    exchange.close()
  }
}

/** The codes are those of registries, but not the messages: an import from a web server involves no registry. */
function downloadFailure(url: URL, error: unknown, signal?: AbortSignal): EngineError {
  const { code, message, details } = connectionFailure(url.host, error, signal)
  const reason = code === 'Cancelled' ? undefined : downloadReason(error)
  const text = reason === undefined ? message : `unable to download from ${shown(url)}: ${reason}.`
  return new EngineError(code, text, { details, cause: error })
}

/** Without name, password and query, which may be secret. */
const shown = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`
