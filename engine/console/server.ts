import {
  type AuditEvent,
  ensureCertificate,
  type RunningServer,
  serviceAuthenticator,
  startServer,
} from '../../bridge/server/index.ts'
import { auditSocket, sendRecord, type SessionEvent } from '../lib/audit/client.ts'
import { createLogger } from '../lib/log.ts'
import type { ConsoleOptions } from './console-options.ts'

/** Prefix of the session cookie's name; the port follows. */
export const cookie = 'berth'

/**
 * The web server of a console that root started: runs as the system user `berth`. Its options come as JSON on standard input, which
 * stays open for as long as the server is wanted; it prints its URL on standard output.
 */
export async function runServer(): Promise<void> {
  const log = createLogger({ level: 'info', fields: { program: 'server' } })
  const pendingAudits = new Set<Promise<void>>()
  const track = (work: Promise<void>): void => {
    pendingAudits.add(work)
    void work.finally(() => pendingAudits.delete(work))
  }
  let server: RunningServer
  try {
    const options = await readOptions()
    const tls = options.tls ? await ensureCertificate(options.state) : undefined
    server = await startServer({
      address: options.address,
      port: options.port,
      page: options.page,
      packages: options.packages,
      origins: options.origins,
      hostNames: options.hostNames,
      bindAddress: options.bindAddress,
      maxSessionsPerUser: options.maxSessionsPerUser,
      cookie,
      ...(tls === undefined ? {} : { tls }),
      authenticator: serviceAuthenticator(options.loginSocket),
      log: (line) => log.info(line),
      audit: (event) => track(sendToAudit(event, (line) => log.warn(line))),
    })
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: listenErrorMessage(error) })}\n`)
    process.exitCode = 1
    process.stdin.destroy()
    return
  }
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
  const stop = (): void => {
    // The ends of its sessions are recorded before it exits.
    void server
      .close()
      .then(() => Promise.all(pendingAudits))
      .then(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  process.stdin.once('end', stop)
  process.stdin.once('close', stop)
  process.stdin.resume()
}

/** Sends logins and logouts to the audit service, which knows accounts and writes for root. */
async function sendToAudit({ event, reason, ...rest }: AuditEvent, log: (line: string) => void): Promise<void> {
  const record: SessionEvent = { ...rest, operation: `session.${event}`, ...(reason === undefined ? {} : { object: reason }) }
  const accepted = await sendRecord(auditSocket, record)
  if (!accepted) log('the audit service did not accept a record of a session')
}

/** One line of JSON. */
function readOptions(): Promise<ConsoleOptions> {
  return new Promise((resolve, reject) => {
    let text = ''
    process.stdin.setEncoding('utf8')
    process.stdin.on('data', function take(data: string) {
      text += data
      const end = text.indexOf('\n')
      if (end < 0) return
      process.stdin.off('data', take)
      resolve(JSON.parse(text.slice(0, end)) as ConsoleOptions)
    })
    process.stdin.once('end', () => reject(new Error('The server got no options.')))
  })
}

/** Why a server cannot listen, and how to fix it. */
export function listenErrorMessage(error: unknown): string {
  const { code, address, port, message } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  const place = `${address ?? ''}:${port ?? ''}`
  if (code === 'EADDRINUSE') return `Something else listens on ${place} already; stop it, or choose another port with --port.`
  if (code === 'EADDRNOTAVAIL') return `This host has no address ${address}; choose another with --address.`
  if (code === 'EACCES') return `Listening on ${place} is not allowed; choose a port from 1024 on with --port.`
  return message
}
