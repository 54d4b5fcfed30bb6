import { mkdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { peerCredentials } from '../lib/sys/index.ts'
import { type AuditFolder, openAuditFolder, systemFolder } from '../lib/audit/folder.ts'
import { auditSocket } from '../lib/audit/client.ts'
import { listenOnPath } from '../rest/index.ts'
import { type AuditAccounts, auditAccounts } from './audit-accounts.ts'
import { type AuditAnswers, answerLine, type AuditPeer, createAuditAnswers } from './audit-answer.ts'

/** Options of the audit service. It runs as root. */
export interface AuditServiceOptions {
  /** The socket; any user may connect. */
  path?: string
  folder?: AuditFolder
  /** The server's user, the only one that may report logins. */
  server: number
  accounts?: AuditAccounts
  log(line: string): void
}

/** A running audit service. */
export interface AuditService {
  /** Writes all accepted records and closes all connections. Idempotent. */
  close(): Promise<void>
}

/** Connections of one user at a time, and of all; the server and root are not counted among them. */
const maxPerUser = 16
const maxTotal = 1024

/** Characters of a request; a connection without a request is ended after so many milliseconds. */
const longestRequest = 16 * 1024
const idle = 10_000

/** Requests of a connection that may queue before reading is paused. */
const maxWaiting = 32

/**
 * Accepts records for the audit log, and shows it: to each user their own part, to root all. The kernel identifies the peer, and
 * the service sets the time. A peer that sends too much gets an error and affects only itself.
 *
 * @throws EngineError where the socket cannot be made.
 */
export async function startAuditService(options: AuditServiceOptions): Promise<AuditService> {
  const { path = auditSocket, accounts = auditAccounts() } = options
  const folder = options.folder ?? openAuditFolder(systemFolder, { system: true })
  const answering = createAuditAnswers({ ...options, folder, accounts })
  const connections = new Map<Socket, number>()
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 })
  const listening = await listenOnPath(
    path,
    (socket) => {
      socket.on('error', () => socket.destroy())
      const peer = credentialsOf(socket)
      const trusted = peer !== undefined && (peer.uid === 0 || peer.uid === options.server)
      if (peer === undefined || (!trusted && isFull(connections, peer.uid))) return void socket.destroy()
      connections.set(socket, peer.uid)
      socket.once('close', () => connections.delete(socket))
      void serve(socket, peer, answering).catch(() => socket.destroy())
    },
    { mode: 0o666 },
  )
  let closed: Promise<void> | undefined
  return {
    close: () =>
      (closed ??= (async () => {
        await listening.close()
        await answering.written()
        for (const socket of connections.keys()) socket.destroy()
      })()),
  }
}

function credentialsOf(socket: Socket): { uid: number; pid: number } | undefined {
  try {
    return peerCredentials(socket)
  } catch {
    return undefined
  }
}

function isFull(connections: ReadonlyMap<Socket, number>, uid: number): boolean {
  if (connections.size >= maxTotal) return true
  let own = 0
  for (const each of connections.values()) if (each === uid) own += 1
  return own >= maxPerUser
}

/** Handles the lines one at a time, in order. A uid without an account (a sub-uid) is rejected. */
async function serve(socket: Socket, who: { uid: number; pid: number }, answering: AuditAnswers): Promise<void> {
  const account = await answering.accounts.byUid(who.uid)
  if (account === undefined) return void socket.destroy()
  const peer: AuditPeer = { ...who, name: account.name, trusted: who.uid === 0 || who.uid === answering.server }
  socket.setTimeout(idle, () => socket.destroy())
  let text = ''
  let waiting = 0
  let turn = Promise.resolve()
  const answer = async (line: string): Promise<void> => {
    try {
      await answerLine(answering, peer, line, socket)
    } catch {
      socket.destroy()
    }
    waiting -= 1
    if (waiting < maxWaiting) socket.resume()
  }
  socket.setEncoding('utf8').on('data', (data: string) => {
    const lines = (text + data).split('\n')
    text = lines.pop()!
    if (text.length > longestRequest || lines.some((line) => line.length > longestRequest)) return void socket.destroy()
    waiting += lines.length
    if (waiting >= maxWaiting) socket.pause()
    for (const line of lines) turn = turn.then(() => answer(line))
  })
  socket.once('end', () => void turn.then(() => socket.end()))
}
