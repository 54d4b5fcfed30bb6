import { ProblemError } from '../../protocol/index.ts'
import type { ChannelOpener } from './channel.ts'
import { cancelled, type HttpAddress, type HttpRequest, type HttpUpgrade } from './http-request.ts'
import { type ResponseHead, readBody, readHead } from './http-response.ts'
import { openStream, type Stream } from './stream.ts'

/** Sends a request on a raw stream, and returns the stream after the response head. */
export async function upgrade(
  bridge: ChannelOpener,
  address: HttpAddress,
  request: Omit<HttpRequest, 'body'> & { body?: string },
): Promise<HttpUpgrade> {
  const { signal, window } = request
  if (signal?.aborted) throw cancelled()
  const stream = openStream(bridge, window === undefined ? address : { ...address, 'flow-window': window })
  const abort = (): void => stream.close()
  signal?.addEventListener('abort', abort)
  void stream.closed.then(() => signal?.removeEventListener('abort', abort))
  try {
    await stream.write(requestText(request))
    return handOver(stream, await readHead(stream.output))
  } catch (error) {
    stream.close()
    throw signal?.aborted ? cancelled() : error
  }
}

function handOver(stream: Stream, { status, headers, rest }: ResponseHead): HttpUpgrade {
  const connected = status === 101 || status === 200
  return {
    status,
    headers,
    input: { write: (data) => stream.write(data), end: () => stream.end() },
    output: connected ? rest : readBody(headers, rest),
    close: () => stream.close(),
  }
}

function requestText({ method, path, headers = {}, body = '' }: Omit<HttpRequest, 'body'> & { body?: string }): string {
  const length = new TextEncoder().encode(body).length
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost']
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === 'content-length' || name.toLowerCase() === 'host') continue
    lines.push(`${name}: ${value}`)
  }
  if (length > 0 || method !== 'GET') lines.push(`Content-Length: ${length}`)
  if (lines.some((line) => /[\r\n\0]/.test(line)))
    throw new ProblemError('protocol-error', 'A request has a line break in its path or headers.')
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
