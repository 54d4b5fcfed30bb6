import { EngineError } from '../errors/index.ts'
import { readCertificates } from './certificates.ts'
import { openExchange } from './exchange.ts'
import { connectionFailure, downloadReason } from './failures.ts'

/**
 * A file of a web server, however large, by the rules that registries are asked by: certificates are verified, redirects bounded
 * and never from https to http. Leaving the iteration ends the transfer.
 * @throws EngineError, from the call, RegistryUnreachable, RegistryCertificate, RegistryProtocol, NotFound, Cancelled; from the
 *   iteration, RegistryUnreachable when the connection breaks or ends early
 */
export async function downloadFile(url: URL, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const exchange = openExchange({ tls: () => readCertificates(url.host, { verify: true }), verify: true })
  try {
    const answer = await exchange.send(url, signal ? { signal } : {})
    if (answer.status === 200) return body(url, answer, exchange, signal)
    answer.body.destroy()
    const code = answer.status === 404 || answer.status === 410 ? 'NotFound' : 'RegistryProtocol'
    throw new EngineError(code, `unable to download from ${shown(url)}: it answered with status ${answer.status}.`)
  } catch (error) {
    exchange.close()
    throw downloadFailure(url, error, signal)
  }
}

async function* body(
  url: URL,
  answer: Awaited<ReturnType<ReturnType<typeof openExchange>['send']>>,
  exchange: ReturnType<typeof openExchange>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const announced = Number(answer.headers['content-length'] ?? NaN)
  let size = 0
  try {
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      size += piece.length
      yield piece
    }
    if (Number.isFinite(announced) && size !== announced)
      throw new EngineError('RegistryUnreachable', `The download from ${shown(url)} ended after ${size} of ${announced} bytes.`)
  } catch (error) {
    throw downloadFailure(url, error, signal)
  } finally {
    answer.body.destroy()
    exchange.close()
  }
}

/** The codes are those of registries, the words are not: nobody who imports from a web server has one. */
function downloadFailure(url: URL, error: unknown, signal?: AbortSignal): EngineError {
  const { code, message, details } = connectionFailure(url.host, error, signal)
  const reason = code === 'Cancelled' ? undefined : downloadReason(error)
  const text = reason === undefined ? message : `unable to download from ${shown(url)}: ${reason}.`
  return new EngineError(code, text, { details, cause: error })
}

/** Without name, password and query, which may be secret. */
const shown = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`
