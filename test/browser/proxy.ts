import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from '../e2e/free-port.ts'

/** A way to a port of this machine that can be cut: it knows connections and nothing of what goes over them. */
export interface Proxy {
  readonly port: number
  /** Ends every connection at once and refuses new ones until {@link Proxy.mend}. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Ends it for good. Idempotent. */
  close(): Promise<void>
}

/** Starts a proxy on loopback in front of `target`, another port there. */
export async function startProxy(target: number): Promise<Proxy> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const keep = (socket: Socket) => {
    sockets.add(socket)
    // A connection that is cut is what this is for.
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const mend = () => {
    const listening = createServer((near) => {
      const far = connect(target, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        keep(one)
        one.once('close', () => other.destroy())
        one.pipe(other)
      }
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
  await mend()
  return { port, cut, mend, close: cut }
}
