import type { Socket } from 'node:net'
import { EngineError } from '../errors/index.ts'
import type { AuditFile, AuditFolder } from '../lib/audit/folder.ts'
import { follow } from '../lib/audit/follow.ts'
import { checkQuery, matcher } from '../lib/audit/query.ts'
import { readNewest } from '../lib/audit/read.ts'
import { type AuditRecord, checkClaim, newRecordId } from '../lib/audit/record.ts'
import { rateLimit } from '../lib/async/rate-limit.ts'
import type { AuditAccounts } from './audit-accounts.ts'

/** The peer, as reported by the kernel. */
export interface AuditPeer {
  uid: number
  pid: number
  name: string
  /** Root or the server. */
  trusted: boolean
}

/** State shared by all connections. */
export interface AuditAnswers {
  readonly accounts: AuditAccounts
  readonly server: number
  readonly folder: AuditFolder
  /** Whether one more record of this key is allowed now. */
  mayWrite(key: string): boolean
  /** Records that were dropped, by the file they were for. */
  readonly missed: Map<AuditFile, number>
  /** One list at a time of a user. */
  readonly lists: Map<number, Promise<void>>
  readonly writing: Set<Promise<void>>
  /** Resolves once all accepted records are written. */
  written(): Promise<void>
  log(line: string): void
}

export function createAuditAnswers(options: Pick<AuditAnswers, 'accounts' | 'server' | 'folder' | 'log'>): AuditAnswers {
  const writing = new Set<Promise<void>>()
  return {
    ...options,
    // Far more than users and scripts need, and 8 MiB still take hours to fill.
    mayWrite: rateLimit({ burst: 200, perSecond: 2 }),
    missed: new Map(),
    lists: new Map(),
    writing,
    written: async () => void (await Promise.allSettled(writing)),
  }
}

/** Handles a request: `{record}`, `{list}` or `{follow}`. Rejects when the peer has disconnected. */
export async function answerLine(answering: AuditAnswers, peer: AuditPeer, line: string, socket: Socket): Promise<void> {
  try {
    const request = JSON.parse(line) as Record<string, unknown>
    if ('record' in request) await write(socket, await acceptRecord(answering, peer, request['record']))
    else if ('list' in request) await inOrder(answering, peer.uid, () => sendList(answering, peer, request['list'], socket))
    else if ('follow' in request) await sendNew(answering, peer, request['follow'], socket)
    else await write(socket, { error: 'This is no request.' })
  } catch (error) {
    if (socket.destroyed) throw error
    await write(socket, { error: error instanceof SyntaxError ? 'This is no JSON.' : EngineError.from(error).message })
  }
}

async function acceptRecord(answering: AuditAnswers, peer: AuditPeer, value: unknown): Promise<object> {
  const isSession = isSessionEvent(value)
  // Only the server may report logins, and the server reports nothing else.
  if (isSession !== (peer.uid === answering.server)) return { error: 'Only the web server may report sessions.' }
  const found = isSession ? await sessionRecord(answering, value) : userRecord(peer, value)
  if (found === undefined) return { error: 'This is no record.' }
  const { file, record } = found
  if (!isAllowed(answering, peer, file)) {
    answering.missed.set(file, (answering.missed.get(file) ?? 0) + 1)
    return { error: 'Too many records.' }
  }
  const missed = answering.missed.get(file)
  answering.missed.delete(file)
  const work = answering.folder.append(file, missed === undefined ? record : { ...record, missed })
  answering.writing.add(work)
  try {
    await work
    return { ok: true }
  } catch (error) {
    answering.log(`the audit log cannot be written: ${(error as Error).message}`)
    return { error: 'The log cannot be written.' }
  } finally {
    answering.writing.delete(work)
  }
}

/** Failed logins may come from anyone and must not fill the log. The server limits the sessions themselves. */
function isAllowed({ mayWrite }: AuditAnswers, { uid, trusted }: AuditPeer, file: AuditFile): boolean {
  if (file === 'audit-refused') return mayWrite(file)
  return trusted || mayWrite(String(uid))
}

interface Found {
  file: AuditFile
  record: AuditRecord
}

function userRecord({ uid, pid, name, trusted }: AuditPeer, value: unknown): Found | undefined {
  const claim = checkClaim(value)
  if (claim === undefined) return undefined
  const { login, ...rest } = claim
  const stamp = { id: newRecordId(), time: new Date().toISOString(), uid, user: name }
  const record: AuditRecord = { ...stamp, ...rest, ...(uid === 0 && login !== undefined ? { login } : {}), pid, source: 'engine' }
  return { file: trusted ? 'audit' : `audit-user-${uid}`, record }
}

function isSessionEvent(value: unknown): boolean {
  const operation = (value as { operation?: unknown } | null)?.operation
  return typeof operation === 'string' && operation.startsWith('session.')
}

/** An unknown name may be a password typed into the wrong field. */
async function sessionRecord({ accounts }: AuditAnswers, value: unknown): Promise<Found | undefined> {
  const claim = checkClaim({ via: 'console', ...(value as object) })
  const { user } = value as { user?: unknown }
  if (claim === undefined || typeof user !== 'string' || !/^session\.(?:login|logout|end)$/.test(claim.operation))
    return undefined
  const account = await accounts.byName(user)
  const { operation, address, object, result, duration } = claim
  const stamp = { id: newRecordId(), time: new Date().toISOString() }
  const record: AuditRecord = {
    ...stamp,
    ...(account === undefined ? {} : { uid: account.uid }),
    user: account?.name ?? 'unknown',
    operation,
    ...(address === undefined ? {} : { address }),
    via: 'console',
    ...(object === undefined ? {} : { object }),
    result,
    duration,
    source: 'server',
  }
  return { file: operation === 'session.login' && result !== 'ok' ? 'audit-refused' : 'audit', record }
}

const viewOf = ({ folder }: AuditAnswers, { uid }: AuditPeer) => ({ folder: folder.path, ...(uid === 0 ? {} : { uid }) })

async function inOrder(answering: AuditAnswers, uid: number, work: () => Promise<void>): Promise<void> {
  const turn = (answering.lists.get(uid) ?? Promise.resolve()).then(work)
  const settled = turn.catch(() => {})
  answering.lists.set(uid, settled)
  try {
    await turn
  } finally {
    if (answering.lists.get(uid) === settled) answering.lists.delete(uid)
  }
}

async function sendList(answering: AuditAnswers, peer: AuditPeer, asked: unknown, socket: Socket): Promise<void> {
  const query = checkQuery(asked)
  for await (const record of readNewest(viewOf(answering, peer), query)) await write(socket, record)
  await write(socket, { end: true })
}

async function sendNew(answering: AuditAnswers, peer: AuditPeer, asked: unknown, socket: Socket): Promise<void> {
  const { filters } = checkQuery({ limit: 1, ...(asked as object) })
  matcher({ filters })
  const stop = new AbortController()
  const leave = (): void => stop.abort()
  socket.once('close', leave)
  socket.once('end', leave)
  socket.setTimeout(0)
  try {
    for await (const record of follow(viewOf(answering, peer), filters, stop.signal)) await write(socket, record)
  } finally {
    socket.off('close', leave)
    socket.off('end', leave)
  }
}

/** Writes a line, and waits until the peer can take the next one. */
async function write(socket: Socket, value: object): Promise<void> {
  const gone = () => new EngineError('Cancelled', 'The peer has left.')
  if (socket.destroyed) throw gone()
  if (socket.write(`${JSON.stringify(value)}\n`)) return
  await new Promise<void>((resolve, reject) => {
    const drained = (): void => {
      socket.off('close', closed)
      resolve()
    }
    const closed = (): void => {
      socket.off('drain', drained)
      reject(gone())
    }
    socket.once('drain', drained)
    socket.once('close', closed)
  })
}
