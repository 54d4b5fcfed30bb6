import { ensureCertificate, type RunningServer, serviceAuthenticator, startServer } from '../../bridge/server/index.ts'
import { createLogger } from '../lib/log.ts'
import type { ConsoleOptions } from './console-options.ts'

/** The session cookie: other consoles on the same host have others. */
export const cookie = 'berth'

/**
 * The web server of a console that root started: runs as the system user `berth`. Its options come as JSON on standard
 * input, which stays open for as long as the server is wanted; on standard output it says where it listens.
 */
export async function runServer(): Promise<void> {
  const log = createLogger({ level: 'info', fields: { program: 'server' } })
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
      cookie,
      ...(tls === undefined ? {} : { tls }),
      authenticator: serviceAuthenticator(options.loginSocket),
      log: (line) => log.info(line),
    })
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: explain(error) })}\n`)
    process.exitCode = 1
    process.stdin.destroy()
    return
  }
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
  const stop = (): void => {
    void server.close().then(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  process.stdin.once('end', stop)
  process.stdin.once('close', stop)
  process.stdin.resume()
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

/** Why a server cannot listen, and the way out. */
export function explain(error: unknown): string {
  const { code, address, port, message } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  const place = `${address ?? ''}:${port ?? ''}`
  if (code === 'EADDRINUSE') return `Something else listens on ${place} already; stop it, or choose another port with --port.`
  if (code === 'EADDRNOTAVAIL') return `This host has no address ${address}; choose another with --address.`
  if (code === 'EACCES') return `Listening on ${place} is not allowed; choose a port from 1024 on with --port.`
  return message
}
