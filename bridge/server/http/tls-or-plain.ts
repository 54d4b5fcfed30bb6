import { createServer as createPlain } from 'node:http'
import { createServer as createNetServer, type Server, type Socket } from 'node:net'
import { type Admission, startConnectionChecks } from './admission.ts'

/** First byte of a TLS handshake, RFC 8446 section 5.1. */
const handshake = 0x16

/**
 * Serves TLS and plain HTTP on one port: TLS goes to `secure`, and plain requests are redirected to https. Connections
 * without data are closed by the admission.
 */
export function serveTlsOrPlain(secure: Server, admission: Admission): Server {
  const limits = { maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 }
  const plain = createPlain(limits, (request, response) => {
    admission.serving(request.socket)
    const host = request.headers.host ?? ''
    const valid = /^[a-zA-Z0-9.:[\]-]{1,255}$/.test(host)
    const path = (request.url ?? '/').replaceAll(/[^\x21-\x7e]/g, '')
    response
      .writeHead(valid ? 301 : 400, {
        Connection: 'close',
        'Content-Length': 0,
        ...(valid ? { Location: `https://${host}${path.startsWith('/') ? path : '/'}` } : {}),
      })
      .end()
  })
  plain.on('clientError', (_error, socket) => socket.destroy())
  startConnectionChecks(plain)
  return createNetServer((socket: Socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.unshift(first)
      const target = first[0] === handshake ? secure : plain
      target.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })
}
