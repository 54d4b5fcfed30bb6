import type { ServerResponse } from 'node:http'

/** The content security policy of a page: scripts from here only, styles also inline (terminal and charts insert some). */
export function contentPolicy(host: string | undefined, secure: boolean, extra?: string): string {
  const socket = host !== undefined && /^[a-zA-Z0-9.:[\]-]{1,255}$/.test(host) ? ` ${secure ? 'wss' : 'ws'}://${host}` : ''
  const policy = new Map([
    ['default-src', "'self'"],
    ['script-src', "'self'"],
    ['style-src', "'self' 'unsafe-inline'"],
    ['connect-src', `'self'${socket}`],
    ['img-src', "'self' data:"],
    ['font-src', "'self' data:"],
    ['object-src', "'none'"],
    ['base-uri', "'self'"],
    ['form-action', "'self'"],
    ['frame-ancestors', "'self'"],
  ])
  // A package's manifest may override the policy of its pages, except for framing.
  for (const part of extra?.split(';') ?? []) {
    const [name, ...values] = part.trim().split(/\s+/)
    if (name && /^[a-z-]+$/.test(name) && name !== 'frame-ancestors') policy.set(name, values.join(' '))
  }
  return [...policy].map(([name, value]) => `${name} ${value}`).join('; ')
}

/** Sets the headers of every response. `insistOnTls` adds HSTS. */
export function setCommonHeaders(response: ServerResponse, insistOnTls = false): void {
  // A year, RFC 6797. Browsers ignore it for address literals, and it holds for every port of the host.
  if (insistOnTls) response.setHeader('Strict-Transport-Security', 'max-age=31536000')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('X-Frame-Options', 'sameorigin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('X-DNS-Prefetch-Control', 'off')
}

/** Answers with JSON that must not be cached. */
export function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}

/** Answers with a line of text. */
export function sendText(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  const body = `${text}\n`
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** The value of a cookie in a request's `Cookie` header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}
