import { request } from 'node:https'
import { WebSocket } from 'ws'

/** How a login went. */
export interface LoginResult {
  status: number
  cookie: string
  /** What its pages need besides the cookie. */
  secret: string
  /** Milliseconds until the answer was there. */
  took: number
}

/** Logs in at a console. `from` is the loopback address that the request comes from. Rejects where the connection breaks. */
export function logInAs(
  url: string,
  user: string,
  password: string,
  from = '127.0.0.1',
  signal?: AbortSignal,
): Promise<LoginResult> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}/cockpit/login`,
      {
        rejectUnauthorized: false,
        localAddress: from,
        agent: false,
        headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
        ...(signal ? { signal } : {}),
      },
      (response) => {
        let body = ''
        response.on('data', (data: Buffer) => (body += data.toString()))
        response.once('error', reject)
        response.once('end', () => {
          const { statusCode: status = 0, headers } = response
          const secret = status === 200 ? String((JSON.parse(body) as Record<string, unknown>)['session-secret']) : ''
          const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
          resolve({ status, cookie, secret, took: performance.now() - began })
        })
      },
    )
    asked.once('error', reject)
    asked.end()
  })
}

/** A page's websocket. */
export interface Page {
  socket: WebSocket
  /** Its channels' names begin with this. */
  seed: string
  /** Opens downloads while the page is open. */
  token: string
  /** Sends a control message. */
  control(message: object): void
  /** Milliseconds that the server takes to answer a ping. Rejects when the page has been closed. */
  ping(): Promise<number>
  readonly closed: Promise<void>
}

interface Greeting {
  'channel-seed': string
  'csrf-token': string
  problem?: string
}

/** Opens the websocket of a session, as a page does. */
export async function openPage(url: string, { cookie, secret }: LoginResult): Promise<Page> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/cockpit/socket`, ['cockpit1', `session.${secret}`], {
    headers: { Cookie: cookie, Origin: url },
    rejectUnauthorized: false,
    perMessageDeflate: false,
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const waiting = new Map<string, (took: number) => void>()
  const control = (message: object): void => socket.send(`\n${JSON.stringify(message)}`)
  const first = Promise.withResolvers<Greeting>()
  socket.once('error', first.reject)
  socket.on('error', () => {})
  socket.on('message', (data: Buffer) => {
    if (data[0] !== 0x0a) return
    const message = JSON.parse(data.subarray(1).toString()) as Greeting & { command: string; mark?: string }
    if (message.command === 'init') first.resolve(message)
    if (message.command === 'pong') waiting.get(message.mark ?? '')?.(performance.now())
  })
  const { 'channel-seed': seed, 'csrf-token': token, problem } = await first.promise
  if (problem !== undefined) throw new Error(`The page was refused: ${problem}`)
  control({ command: 'init', version: 1 })
  let count = 0
  const ping = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const mark = String(count++)
      const began = performance.now()
      waiting.set(mark, (at) => resolve(at - began))
      void closed.then(() => reject(new Error('The page was closed.')))
      control({ command: 'ping', mark })
    })
  return { socket, seed, token, control, ping, closed }
}

/** Ends the session and everything of it. */
export async function logOut(url: string, login: LoginResult): Promise<void> {
  const page = await openPage(url, login)
  page.control({ command: 'logout' })
  await page.closed
}
