import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'

import { EngineError } from '../errors/index.ts'
import { randomToken } from '../lib/random-id.ts'
import { peerCredentials } from '../lib/sys/socket.ts'
import { readHistory } from './history.ts'
import { checkRead, maxLine, type ReadRequest, type RecorderKind, type RecorderStatus, toSeries } from './protocol.ts'
import type { Recorder } from './recorder.ts'

/** What a server of history needs. */
export interface ServeOptions {
  recorder: Recorder
  kind: RecorderKind
  socket: string
  /** Called when a service asks a session's recorder to leave its place. */
  onYield(): void
  /** The only user who may ask, besides root on the host's own recorder; by default everybody, each about their own. */
  only?: number
}

/** A server that runs. */
export interface HistoryServer {
  /** Ends all connections and removes the socket. Idempotent. */
  close(): void
}

/** Connections of one user at a time, and of all. */
const maxPerUser = 32
const maxTotal = 1024

/** Milliseconds without a request after which a connection is ended, and for which an answer may wait for its reader. */
const idle = 10_000

/**
 * Serves what a recorder recorded on a unix socket: each user their own containers, root those of any. The kernel says who the peer is.
 *
 * @throws EngineError `StoreUnavailable` where another one listens already, or the socket cannot be made.
 */
export async function serveHistory(options: ServeOptions): Promise<HistoryServer> {
  const connections = new Map<Socket, number>()
  const since = Math.floor(Date.now() / 1000)
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    const uid = peerUid(socket)
    const refused = uid === undefined || (options.only !== undefined && uid !== options.only)
    if (refused || isFull(connections, uid)) return void socket.destroy()
    connections.set(socket, uid)
    socket.once('close', () => connections.delete(socket))
    serve(socket, uid, options, since)
  })
  const ino = await listen(server, options.socket, options.only === undefined ? 0o666 : 0o600)
  return {
    close() {
      server.close()
      for (const socket of connections.keys()) socket.destroy()
      if (lstatSync(options.socket, { throwIfNoEntry: false })?.ino === ino) rmSync(options.socket, { force: true })
    },
  }
}

function peerUid(socket: Socket): number | undefined {
  try {
    return peerCredentials(socket).uid
  } catch {
    return undefined
  }
}

function isFull(connections: ReadonlyMap<Socket, number>, uid: number): boolean {
  const own = [...connections.values()].filter((each) => each === uid).length
  return own >= maxPerUser || (connections.size >= maxTotal && uid !== 0)
}

function serve(socket: Socket, uid: number, options: ServeOptions, since: number): void {
  let text = ''
  let turn = Promise.resolve()
  socket.setTimeout(idle, () => socket.destroy())
  socket.setEncoding('utf8').on('data', (data: string) => {
    const lines = (text + data).split('\n')
    text = lines.pop()!
    if (text.length > maxLine || lines.length > 16) return void socket.destroy()
    for (const line of lines) turn = turn.then(() => answer(socket, uid, line, options, since)).catch(() => void socket.destroy())
  })
}

async function answer(socket: Socket, uid: number, line: string, options: ServeOptions, since: number): Promise<void> {
  const request = parse(line)
  const { recorder, kind } = options
  if (request['status'] === true) {
    const status: RecorderStatus = { kind, since, containers: recorder.count(uid) }
    return await send(socket, status)
  }
  if (request['yield'] === true && kind === 'session') {
    await send(socket, { end: true })
    return options.onYield()
  }
  const read = checkRead(request['read'])
  if (read === undefined) return await send(socket, { error: 'This is no request.' })
  if (read.owner !== undefined && read.owner !== uid && uid !== 0)
    return await send(socket, { error: 'Only root may read what was recorded for others.' })
  await sendSeries(socket, read.owner ?? uid, read, recorder)
}

function parse(line: string): Record<string, unknown> {
  try {
    return (JSON.parse(line) as Record<string, unknown> | null) ?? {}
  } catch {
    return {}
  }
}

async function sendSeries(socket: Socket, owner: number, read: ReadRequest, recorder: Recorder): Promise<void> {
  const section = { now: Math.floor(Date.now() / 1000), seconds: read.seconds, points: read.points }
  recorder.flush(owner)
  for (const container of read.containers)
    await send(socket, { id: container.id, ...toSeries(readHistory(recorder.filesOf(owner, container), section), read.fields) })
  if (read.total) await send(socket, toSeries(readHistory(recorder.totalOf(owner), section), read.fields))
  await send(socket, { end: true })
}

/** Writes a line, and waits until the peer can take the next one. */
async function send(socket: Socket, value: object): Promise<void> {
  if (socket.destroyed) throw new EngineError('Cancelled', 'The peer has left.')
  if (socket.write(`${JSON.stringify(value)}\n`)) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.once('drain', done)
    socket.once('close', done)
  })
}

async function listen(server: Server, where: string, mode: number): Promise<number> {
  if (await isListenedOn(where))
    throw new EngineError('StoreUnavailable', `Another recorder of resource use listens on ${where}.`, {
      details: { path: where },
    })
  // Bound under a temporary name, so that no client can connect before its permissions are right.
  const aside = path.join(path.dirname(where), `.${randomToken()}`)
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(aside, resolve))
    chmodSync(aside, mode)
    renameSync(aside, where)
    return lstatSync(where).ino
  } catch (cause) {
    server.close()
    rmSync(aside, { force: true })
    throw new EngineError('StoreUnavailable', `A socket at ${where} cannot be made: ${(cause as Error).message}`, {
      details: { path: where },
      cause,
    })
  }
}

/** Whether a process listens on a unix socket. */
function isListenedOn(where: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(where)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
