import { createServer, type AddressInfo, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { EngineError } from '../../errors/index.ts'
import type { Listening } from './listen.ts'

/** What a TLS service proves itself with, and whom it lets in: PEM texts. */
export interface TlsFiles {
  key: string
  cert: string
  /** Clients need a certificate that one of these has signed. */
  clientCa?: string
}

export interface TcpAddress {
  /** A name or an address, without brackets. */
  host: string
  /** 0 for any that is free. */
  port: number
  tls?: TlsFiles
}

/** Milliseconds in which a client must have shaken hands. */
const handshakeTimeout = 10_000

/**
 * Listens on a TCP port, with TLS where there are files for it.
 *
 * @throws EngineError `AccessDenied` where anyone on the network could use the service; `StoreUnavailable` for a port that is taken;
 * `InvalidArgument` for a key or certificate that cannot be used.
 */
export async function listenOnTcp(
  address: TcpAddress,
  onConnection: (socket: Duplex) => void,
): Promise<Listening & { port: number }> {
  const { host, port, tls } = address
  if (!isLoopback(host) && tls?.clientCa === undefined)
    throw new EngineError(
      'AccessDenied',
      `Everyone who reaches ${host}:${port} could run anything as this user. Give --tls-cert, --tls-key and --tls-client-ca, or listen on 127.0.0.1, or use ssh:// on the client's side.`,
      { details: { host } },
    )
  const server = tls ? await tlsServer(tls, onConnection) : createServer({ allowHalfOpen: true, noDelay: true }, onConnection)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refusal(address, error)))
    server.listen({ host, port }, resolve)
  })
  server.on('error', () => {}) // a connection that was gone before it was accepted
  return { port: (server.address() as AddressInfo).port, close: async () => void server.close() }
}

async function tlsServer({ key, cert, clientCa }: TlsFiles, onConnection: (socket: Duplex) => void) {
  const { createServer: createTlsServer } = await import('node:tls')
  const strangers = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
  try {
    return createTlsServer(
      { key, cert, ...strangers, minVersion: 'TLSv1.2', allowHalfOpen: true, handshakeTimeout, ALPNProtocols: ['http/1.1'] },
      (socket: Socket) => onConnection(socket.setNoDelay(true)),
    )
  } catch (error) {
    throw new EngineError('InvalidArgument', `The TLS key or certificate cannot be used: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}

/** Whether only this host can reach a name or address. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1'
}

function refusal({ host, port }: TcpAddress, error: NodeJS.ErrnoException): EngineError {
  const code = error.code === 'EACCES' || error.code === 'EPERM' ? 'AccessDenied' : 'StoreUnavailable'
  return new EngineError(code, `Nothing can listen on ${host}:${port}: ${error.message}`, { cause: error })
}
