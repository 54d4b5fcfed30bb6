import { createServer as createPlain } from 'node:http'
import { createServer as createNetServer, type Server, type Socket } from 'node:net'

/** First byte of a TLS handshake, RFC 8446 section 5.1. */
const handshake = 0x16

/** Takes TLS and plain HTTP on one port: TLS goes to `secure`, and plain requests are sent to https. */
export function takeEither(secure: Server): Server {
  const plain = createPlain({ maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
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
  return createNetServer((socket: Socket) => {
    socket.setTimeout(10_000, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      socket.unshift(first)
      const target = first[0] === handshake ? secure : plain
      target.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })
}
