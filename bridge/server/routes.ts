import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ProblemError } from '../protocol/index.ts'
import { parseExternal } from './external-channel.ts'
import { contentPolicy, cookieOf, sendJson, sendText, setCommonHeaders } from './headers.ts'
import type { LoginHandler } from './login.ts'
import type { ServerOptions } from './options.ts'
import { sendPackageFile } from './packages.ts'
import type { Session } from './session.ts'
import { safeSegments, sendFile } from './static-files.ts'

/** What the routes need of their server. */
export interface Routes {
  options: ServerOptions
  secure: boolean
  login: LoginHandler | undefined
  /** The session that a request's cookie names. */
  sessionOf(request: IncomingMessage): Session | undefined
  /** Uses up a one-time token: the cookie to set, or undefined for a token that is not valid. */
  useToken(token: string): string | undefined
}

/** Answers one HTTP request. */
export async function route(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  setCommonHeaders(response)
  const pathname = (request.url ?? '/').split('?', 1)[0]!
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendText(response, 405, 'Only GET and HEAD are served here.', { Allow: 'GET, HEAD', Connection: 'close' })
  if (request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0) {
    return sendText(response, 413, 'No request here has a body.', { Connection: 'close' })
  }
  if (pathname === '/ping') return sendJson(response, 200, { service: 'cockpit' })
  const once = /^\/login\/once\/([A-Za-z0-9_-]{1,100})$/.exec(pathname)
  if (once !== null) return useOnce(routes, once[1]!, response)
  const cockpit = /^\/cockpit(?:\+[^/]*)?\/(login$|socket$|channel\/|@[^/]+\/)(.*)$/.exec(pathname)
  if (cockpit === null) return sendPage(routes, request, response, pathname)
  const [, what = '', rest = ''] = cockpit
  if (what === 'login') return sendLogin(routes, request, response)
  if (what === 'socket') return sendText(response, 426, 'This is a websocket.', { Upgrade: 'websocket' })
  const session = routes.sessionOf(request)
  if (session === undefined) return sendText(response, 401, 'Log in first.')
  if (what === 'channel/') return sendChannel(session, rest, request, response)
  if (what !== '@localhost/') return sendText(response, 404, 'Pages of other hosts are not served.')
  return sendPackageFile(request, response, routes.options.packages ?? [], rest, routes.secure)
}

/** What a channel gives, to whoever has the session's cookie and its token: one of its own pages. */
function sendChannel(session: Session, token: string, request: IncomingMessage, response: ServerResponse): void {
  const site = request.headers['sec-fetch-site']
  const ours = Buffer.from(session.csrfToken)
  const theirs = Buffer.from(token)
  if (
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    theirs.length !== ours.length ||
    !timingSafeEqual(ours, theirs)
  )
    return sendText(response, 403, 'Downloads come from this server’s own pages.')
  if (request.method !== 'GET') return sendText(response, 405, 'A download is a GET.', { Allow: 'GET' })
  try {
    session.serve(parseExternal(request.url?.split('?', 2)[1] ?? ''), response)
  } catch (error) {
    sendText(response, 400, ProblemError.from(error).message)
  }
}

async function sendPage(
  { options, secure }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  const segments = safeSegments(pathname)
  if (segments === undefined || options.page === undefined) return sendText(response, 404, 'Not found')
  const headers = { 'Content-Security-Policy': contentPolicy(request.headers.host, secure) }
  await sendFile(request, response, options.page, segments.length === 0 ? ['index.html'] : segments, headers)
}

async function sendLogin(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A browser says where a request comes from: no other site has business here.
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return sendJson(response, 403, { problem: 'access-denied', message: 'Logins come from this server’s own pages.' })
  if (request.headers.authorization !== undefined) {
    if (routes.login !== undefined) return routes.login.handle(request, response)
    return sendJson(response, 401, {
      problem: 'not-supported',
      message: 'This is a local session: use the one-time address that its start printed.',
    })
  }
  const session = routes.sessionOf(request)
  if (session !== undefined) return sendJson(response, 200, { 'csrf-token': session.csrfToken })
  const local = routes.login === undefined
  sendJson(response, 401, {
    problem: local ? 'not-supported' : 'no-session',
    message: local ? 'This is a local session: use the one-time address that its start printed.' : 'Log in first.',
  })
}

function useOnce(routes: Routes, token: string, response: ServerResponse): void {
  const cookie = routes.useToken(token)
  if (cookie === undefined)
    return sendText(
      response,
      403,
      'This one-time address has been used already. The console prints a new one when its session ends.',
    )
  response.writeHead(303, { Location: '/', 'Set-Cookie': cookie, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end()
}

/** The session cookie's value in a request. */
export function sessionToken(request: IncomingMessage, name: string): string | undefined {
  return cookieOf(request.headers.cookie, name)
}
