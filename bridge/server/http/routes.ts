import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSecret, ProblemError, returnParameter, secretField, ticketFragment, ticketSchemes } from '../../protocol/index.ts'
import { parseExternal } from './external-channel.ts'
import { contentPolicy, sendJson, sendText, setCommonHeaders } from './headers.ts'
import type { HostState } from './host-names.ts'
import type { LoginHandler } from '../login/login.ts'
import type { ServerOptions } from '../options.ts'
import { sendPageScript } from './package-html.ts'
import { sendPackageFile } from './packages.ts'
import type { Session } from '../session/session.ts'
import type { AnyTicketUse } from '../session/session-secrets.ts'
import { safeSegments, sendFile } from './static-files.ts'

/** What the routes need of their server. */
export interface Routes {
  options: ServerOptions
  secure: boolean
  login: LoginHandler | undefined
  /** The session that a request's cookie names. */
  sessionOf(request: IncomingMessage): Session | undefined
  checkHost(header: string | undefined): HostState
  /** Uses up a one-time token: the cookie to set and a ticket for the page's secret, or undefined for a token that is not valid. */
  useToken(token: string, request: IncomingMessage): { cookie: string; ticket: string } | undefined
}

/** Answers one HTTP request. */
export async function route(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  setCommonHeaders(response, routes.options.tls?.issued)
  const host = routes.checkHost(request.headers.host)
  if (host !== 'own') return refuseHost(request, response, host)
  const pathname = (request.url ?? '/').split('?', 1)[0]!
  const uploads = /^\/cockpit(?:\+[^/]*)?\/channel\/(.*)$/.exec(pathname)
  if (request.method === 'POST' && uploads !== null) return takeUpload(routes, uploads[1]!, request, response)
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendText(response, 405, 'Only GET and HEAD are served here.', { Allow: 'GET, HEAD', Connection: 'close' })
  if (request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0) {
    return sendText(response, 413, 'No request here has a body.', { Connection: 'close' })
  }
  if (pathname === '/ping') return sendJson(response, 200, { service: 'cockpit' })
  const once = /^\/login\/once\/([A-Za-z0-9_-]{1,100})$/.exec(pathname)
  if (once !== null) return useOnce(routes, once[1]!, request, response)
  const cockpit = /^\/cockpit(?:\+[^/]*)?\/(login$|socket$|session\.js$|channel\/|@[^/]+\/)(.*)$/.exec(pathname)
  if (cockpit === null) return sendPage(routes, request, response, pathname)
  const [, what = '', rest = ''] = cockpit
  if (what === 'login') return sendLogin(routes, request, response)
  if (what === 'socket') return sendText(response, 426, 'This is a websocket.', { Upgrade: 'websocket' })
  if (what === 'session.js') return sendPageScript(request, response)
  const session = routes.sessionOf(request)
  if (session === undefined) return refuseGuest(request, response, what)
  if (what === 'channel/') return sendChannel(session, rest, request, response)
  if (what !== '@localhost/') return sendText(response, 404, 'Pages of other hosts are not served.')
  return sendPackageFile(request, response, routes.options.packages ?? [], rest, routes.secure)
}

/** A package page is redirected to the login and returned to afterwards; anything else is refused. */
function refuseGuest(request: IncomingMessage, response: ServerResponse, what: string): void {
  const address = request.url ?? '/'
  if (what !== '@localhost/' || !/\.html(\?|$)/.test(address)) return sendText(response, 401, 'Log in first.')
  const headers = { Location: `/?${returnParameter}=${encodeURIComponent(address)}`, 'Cache-Control': 'no-store' }
  response.writeHead(303, { ...headers, 'Content-Length': 0 }).end()
}

function refuseHost(request: IncomingMessage, response: ServerResponse, state: Exclude<HostState, 'own'>): void {
  if (state === 'invalid') return sendText(response, 400, 'The request names no valid host.', { Connection: 'close' })
  const name = String(request.headers.host).replace(/:\d+$/, '')
  const text = `This server does not answer to the name "${name}". Use its address or a name of the machine, or have the name allowed: --host-name ${name} where the console is started.`
  sendText(response, 421, text, { Connection: 'close' })
}

/** Serves the data of a channel to a request with the session's cookie and a ticket. */
function sendChannel(session: Session, token: string, request: IncomingMessage, response: ServerResponse): void {
  const site = request.headers['sec-fetch-site']
  if (request.method !== 'GET') return sendText(response, 405, 'A download is a GET.', { Allow: 'GET' })
  if ((site !== undefined && site !== 'same-origin' && site !== 'none') || !session.opensDownload(token))
    return sendText(response, 403, 'Downloads come from this server’s own pages, each with a ticket that is good once.')
  try {
    session.serve(parseExternal(request.url?.split('?', 2)[1] ?? ''), response)
  } catch (error) {
    sendText(response, 400, ProblemError.from(error).message)
  }
}

/** Gives a channel the body of a request with the session's cookie and a ticket; the channel's answer is the response's. */
function takeUpload(routes: Routes, token: string, request: IncomingMessage, response: ServerResponse): void {
  const session = routes.sessionOf(request)
  const last = { Connection: 'close' }
  if (session === undefined) return sendText(response, 401, 'Log in first.', last)
  const site = request.headers['sec-fetch-site']
  // Scripts of other sites cannot send this type unasked.
  const typed = request.headers['content-type'] === 'application/octet-stream'
  if ((site !== undefined && site !== 'same-origin') || !typed || !session.opensUpload(token))
    return sendText(response, 403, 'Uploads come from this server’s own pages, each with a ticket that is good once.', last)
  try {
    session.serve(parseExternal(request.url?.split('?', 2)[1] ?? '', 'send'), response, request)
  } catch (error) {
    sendText(response, 400, ProblemError.from(error).message, last)
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
  // Fetch metadata: requests from other sites are refused.
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return sendJson(response, 403, { problem: 'access-denied', message: 'Logins come from this server’s own pages.' })
  const [scheme, ticket] = request.headers.authorization?.split(' ') ?? []
  if (scheme === ticketSchemes.handOver) return redeemTicket(routes, request, response, 'hand-over', ticket)
  if (scheme === ticketSchemes.once) return redeemTicket(routes, request, response, 'once', ticket)
  if (request.headers.authorization !== undefined) {
    if (routes.login !== undefined) return routes.login.handle(request, response)
    return sendJson(response, 401, {
      problem: 'not-supported',
      message: 'This is a local session: use the one-time address that its start printed.',
    })
  }
  // A request with only the cookie does not learn whether it is valid.
  const local = routes.login === undefined
  sendJson(response, 401, {
    problem: local ? 'not-supported' : 'no-session',
    message: local ? 'This is a local session: use the one-time address that its start printed.' : 'Log in first.',
  })
}

/** Gives a tab of the browser that has the cookie a secret of its own, for a ticket. */
function redeemTicket(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  use: AnyTicketUse,
  ticket: string | undefined,
): void {
  const session = routes.sessionOf(request)
  try {
    if (session !== undefined && isSecret(ticket) && session.secrets.redeem(ticket, use))
      return sendJson(response, 200, { [secretField]: session.secrets.issue() })
    sendJson(response, 401, { problem: 'no-session', message: 'The ticket is not valid; log in.' })
  } catch (error) {
    const { problem, message } = ProblemError.from(error)
    sendJson(response, 429, { problem, message }, { 'Retry-After': '60' })
  }
}

/** The page reads its ticket from the fragment, which no server is ever sent, and removes it at once. */
function useOnce(routes: Routes, token: string, request: IncomingMessage, response: ServerResponse): void {
  const used = routes.useToken(token, request)
  if (used === undefined)
    return sendText(
      response,
      403,
      'This one-time address has been used already. The console prints a new one when its session ends.',
    )
  response
    .writeHead(303, {
      Location: `/#${ticketFragment}=${used.ticket}`,
      'Set-Cookie': used.cookie,
      'Cache-Control': 'no-store',
      'Content-Length': 0,
    })
    .end()
}
