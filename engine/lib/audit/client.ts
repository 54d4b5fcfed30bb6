import { connect, type Socket } from 'node:net'
import { EngineError } from '../../errors/index.ts'
import type { AuditQuery } from './query.ts'
import { type AuditClaim, type AuditRecord, parseRecord } from './record.ts'

/** The audit service's socket: any user may connect, and the kernel identifies the peer. */
export const auditSocket = '/run/berth/audit.sock'

/** Milliseconds for the service to acknowledge a record, and to continue a list. */
const timeout = 2_000
const listTimeout = 20_000

/** Characters of a response line. */
const longestLine = 64 * 1024

/** The service's response to a request; a record stands alone on its line. */
export interface ServiceAnswer {
  ok?: true
  end?: true
  error?: string
}

/** Whether the service accepted the record. Never rejects: `false` without a service, or when it does not answer in time. */
export async function sendRecord(path: string, record: AuditClaim | SessionEvent): Promise<boolean> {
  try {
    for await (const line of sendRequest(path, { record }, timeout)) return (JSON.parse(line) as ServiceAnswer).ok === true
  } catch {
    // See above.
  }
  return false
}

/** What the console's server reports of a session. */
export interface SessionEvent {
  operation: 'session.login' | 'session.logout' | 'session.end'
  /** The name as given; it is recorded only where there is such an account. */
  user: string
  address?: string
  result: string
  /** Why a session ended. */
  object?: string
  /** Milliseconds. */
  duration: number
}

/**
 * What the service lets this process's user see: a user their own, root everybody's.
 *
 * @returns undefined where no service answers.
 * @throws EngineError `InvalidArgument`, or `EngineUnreachable` where it stopped in between.
 */
export async function listRecords(path: string, query: AuditQuery, signal?: AbortSignal): Promise<AuditRecord[] | undefined> {
  const records: AuditRecord[] = []
  try {
    for await (const line of sendRequest(path, { list: query }, listTimeout, signal)) {
      const record = parseRecord(line)
      if (record !== undefined) records.push(record)
      else if (isEnd(line)) return records
      if (records.length > query.limit) break
    }
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
  throw new EngineError('EngineUnreachable', `The audit service at ${path} ended in the middle of its response; try again.`)
}

/** What the user may see from now on. Ends with the signal, and immediately where no service answers. */
export async function* followRecords(
  path: string,
  filters: Record<string, string[]>,
  signal: AbortSignal,
): AsyncGenerator<AuditRecord, void, undefined> {
  try {
    for await (const line of sendRequest(path, { follow: { filters } }, 0, signal)) {
      const record = parseRecord(line)
      if (record !== undefined) yield record
      else isEnd(line)
    }
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
}

function isEnd(line: string): boolean {
  const { end, error } = JSON.parse(line) as ServiceAnswer
  if (error !== undefined) throw new EngineError('InvalidArgument', `The audit service refused: ${error}`)
  return end === true
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ECONNREFUSED', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')

/** Sends one request and yields the lines of the response; leaving the iteration closes the connection. */
async function* sendRequest(
  path: string,
  request: object,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const socket = await dial(path)
  const abort = (): void => void socket.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  if (limit > 0) socket.setTimeout(limit, () => socket.destroy(new Error('The audit service does not answer.')))
  try {
    socket.write(`${JSON.stringify(request)}\n`)
    let text = ''
    for await (const data of socket.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (text + data).split('\n')
      text = lines.pop()!
      if (text.length > longestLine) throw new Error('The audit service sent a line without end.')
      yield* lines
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error
  } finally {
    signal?.removeEventListener('abort', abort)
    socket.destroy()
  }
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
