import { connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { freePort } from '../support/free-port.ts'

/** A way to a port of this machine that can be cut: it knows connections and nothing of what goes over them. */
export interface Proxy {
  readonly port: number
  /** Ends every connection at once and refuses new ones until {@link Proxy.restore}. */
  cut(): Promise<void>
  restore(): Promise<void>
  /** Ends it for good. Idempotent. */
  close(): Promise<void>
}

/** Starts a proxy on loopback in front of `target`, another port there. */
export async function startProxy(target: number): Promise<Proxy> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const restore = () => {
    const listening = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      }
      // Each direction ends by itself, after its last byte; an error ends both. Being cut is what this is for.
      pipeline(near, far, near, () => {})
    })
    server = listening
    return new Promise<void>((resolve, reject) => {
      listening.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
  }
  const cut = async () => {
    const closed = new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
    server = undefined
    for (const socket of sockets) socket.resetAndDestroy()
    await closed
  }
  await restore()
  return { port, cut, restore, close: cut }
}
