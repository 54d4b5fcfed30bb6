import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer as createPlain, type RequestListener } from 'node:http'
import { createServer as createSecure, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { WebSocket } from 'ws'

/** Another server on this host, which keeps the cookies that browsers send it. */
export interface OtherPort {
  readonly url: string
  readonly cookies: string[]
  close(): Promise<void>
}

/** Starts one on a port of its own; over TLS with a certificate that it made itself in `folder`. */
export async function startOtherPort(folder: string, secure: boolean): Promise<OtherPort> {
  const cookies: string[] = []
  const listener: RequestListener = (asked, answer) => {
    cookies.push(asked.headers.cookie ?? '')
    answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Another port</title>')
  }
  const server = secure ? createSecure(selfMade(folder), listener) : createPlain(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`,
    cookies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function selfMade(folder: string): { cert: string; key: string } {
  mkdirSync(folder, { recursive: true })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2', '-subj', '/CN=another']
  execFileSync('openssl', ['req', '-x509', ...key, '-keyout', 'other-key.pem', '-out', 'other.pem'], {
    cwd: folder,
    stdio: 'pipe',
  })
  return { cert: readFileSync(join(folder, 'other.pem'), 'utf8'), key: readFileSync(join(folder, 'other-key.pem'), 'utf8') }
}

/** What a program sees of a console that it asks with a cookie and headers of its choice. */
export function ask(url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, rejectUnauthorized: false }, (answer) => {
      let text = JSON.stringify(answer.headers)
      answer.on('data', (data: Buffer) => (text += data.toString('latin1')))
      answer.once('end', () => resolve({ status: answer.statusCode!, text }))
    })
    asked.once('error', reject).end()
  })
}

/**
 * Opens the console's websocket as its own page would, with the right origin, asks for a shell and to be logged out. The
 * answer is every message that came until the server closed, or the shell answered.
 */
export function tryShell(
  console_: string,
  cookie: string,
  { secret, from }: { secret?: string; from?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const protocols = ['cockpit1', ...(secret === undefined ? [] : [`session.${secret}`])]
    const socket = new WebSocket(`${console_.replace('https', 'wss')}/cockpit/socket`, protocols, {
      headers: { Cookie: cookie, Origin: console_ },
      rejectUnauthorized: false,
      ...(from === undefined ? {} : { localAddress: from }),
    })
    let seen = ''
    const send = (message: object) => socket.send(`\n${JSON.stringify(message)}`)
    socket.once('error', reject)
    socket.once('close', () => resolve(seen))
    socket.on('message', (data: Buffer) => {
      seen += data.toString()
      const seed = /"channel-seed":"([^"]+)"/.exec(seen)?.[1]
      if (/"command":"ready"/.test(data.toString())) return
      if (/uid=\d+/.test(seen)) return socket.close()
      if (/"command":"init"/.test(data.toString())) {
        send({ command: 'init', version: 1 })
        if (seed !== undefined) send({ command: 'open', channel: `${seed}1`, payload: 'stream', spawn: ['id'] })
        else send({ command: 'logout', disconnect: true })
      }
    })
  })
}
