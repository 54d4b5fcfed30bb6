import { createSocket, type RemoteInfo, type Socket as DatagramSocket } from 'node:dgram'
import { createServer, isIP } from 'node:net'

import { joinTo } from './join-sockets.ts'

/** A bound port of the host, by its descriptor, and the port of the container that it leads to. */
export interface ForwardedPort {
  descriptor: number
  /** `udp6`: its socket is one of IPv6. */
  protocol: 'tcp' | 'udp' | 'udp6'
  port: number
}

/** Where connections go now; asked for each one, since a container's addresses change with its networks. */
export type ForwardTarget = () => string | undefined

/** Milliseconds after which a client of UDP that says nothing is forgotten. */
const idle = 90_000
const mostClients = 4096

/**
 * Forwards what arrives at bound ports. The descriptors' sockets stay in the network namespace they were made in; the connections
 * are made from this process's own. @returns when all listen.
 */
export async function forwardPorts(ports: readonly ForwardedPort[], target: ForwardTarget): Promise<void> {
  await Promise.all(ports.map((each) => (each.protocol === 'tcp' ? forwardTcp(each, target) : forwardUdp(each, target))))
}

function forwardTcp({ descriptor, port }: ForwardedPort, target: ForwardTarget): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    const host = target()
    if (host === undefined) {
      client.destroy()
      return
    }
    try {
      joinTo(client, { host, port })
    } catch {
      // There is no descriptor left for this one, which has been ended; others go on.
    }
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ fd: descriptor }, resolve)
  })
}

function forwardUdp({ descriptor, port, protocol }: ForwardedPort, target: ForwardTarget): Promise<void> {
  const clients = new Map<string, { socket: DatagramSocket; timer: NodeJS.Timeout }>()
  const server = createSocket(protocol === 'udp6' ? 'udp6' : 'udp4')
  const answer = (from: RemoteInfo) => {
    const host = target()
    if (host === undefined || clients.size >= mostClients) return undefined
    const key = `${from.address} ${from.port}`
    const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4')
    const timer = setTimeout(() => {
      clients.delete(key)
      socket.close()
    }, idle).unref()
    socket.on('message', (message) => server.send(message, from.port, from.address))
    // Nobody listens in the container: the datagram is lost.
    socket.on('error', () => {})
    socket.connect(port, host)
    const client = { socket, timer }
    clients.set(key, client)
    return client
  }
  server.on('message', (message, from) => {
    const client = clients.get(`${from.address} ${from.port}`) ?? answer(from)
    if (!client) return
    client.timer.refresh()
    const send = () => client.socket.send(message, () => {})
    if (isConnected(client.socket)) send()
    else client.socket.once('connect', send)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.bind({ fd: descriptor }, () => {
      server.off('error', reject).on('error', () => {})
      resolve()
    })
  })
}

function isConnected(socket: DatagramSocket): boolean {
  try {
    return socket.remoteAddress().port > 0
  } catch {
    return false
  }
}
