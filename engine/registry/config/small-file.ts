import { EngineError } from '../../errors/index.ts'
import { readCertificates } from './certificates.ts'
import { openExchange, readBody } from '../http/exchange.ts'
import { connectionFailure } from '../http/failures.ts'

/**
 * A small file of a web server: a signature in a lookaside store.
 * @returns nothing where the server has none.
 * @throws EngineError RegistryUnreachable, RegistryCertificate, RegistryProtocol (too large, or another status), Cancelled
 */
export async function fetchSmallFile(url: URL, maxBytes: number, signal?: AbortSignal): Promise<Buffer | undefined> {
  const exchange = openExchange({ tls: () => readCertificates(url.host, { verify: true }), verify: true })
  try {
    const answer = await exchange.send(url, signal ? { signal } : {})
    if (answer.status === 404) {
      answer.body.destroy()
      return undefined
    }
    if (answer.status !== 200) {
      answer.body.destroy()
      throw new EngineError('RegistryProtocol', `${url.href} answered with status ${answer.status}.`)
    }
    return await readBody(answer, maxBytes)
  } catch (error) {
    throw connectionFailure(url.host, error, signal)
  } finally {
    exchange.close()
  }
}
