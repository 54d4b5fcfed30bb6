import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** What came back on a connection. */
export interface Answer {
  /** Of the first answer; 0 where none came. */
  status: number
  text: string
  /** Whether the other side ended the connection, rather than we who waited long enough. */
  ended: boolean
}

/** A unix socket, or a TLS port of this host. */
export type Target = { path: string } | { port: number }

/** Answers longer than this are not kept. */
const kept = 64 * 1024

/** Sends bytes as they are, in pieces; resolves with what comes back until the other side ends, or after `ms` milliseconds. */
export function sendRaw(target: Target, pieces: readonly Uint8Array[], ms: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = open(target)
    let text = ''
    let ended = false
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.on('data', (data) => {
      if (text.length < kept) text += data.toString('latin1')
    })
    socket.on('end', () => (ended = true))
    // A connection that is reset is ended as well.
    socket.on('error', () => (ended = true))
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0), text, ended })
    })
    for (const piece of pieces) socket.write(piece)
  })
}

function open(target: Target): Socket {
  if ('path' in target) return connect(target.path)
  return connectTls({ host: '127.0.0.1', port: target.port, rejectUnauthorized: false })
}

/** Runs work for each of `inputs`, so many at a time. */
export async function atOnce<T>(count: number, inputs: Iterable<T>, work: (input: T) => Promise<void>): Promise<void> {
  const iterator = inputs[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: count }, worker))
}
