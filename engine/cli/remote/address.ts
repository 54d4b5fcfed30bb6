import { UsageError } from '../parse/usage-error.ts'

/** An engine's address, taken apart. */
export type Address =
  | { kind: 'unix'; path: string }
  | { kind: 'tcp'; host: string; port: number; secure: boolean }
  | { kind: 'ssh'; host: string; user?: string; port?: number; path?: string }

/** Reads `unix:///PATH`, `tcp://HOST:PORT`, `http://…`, `https://…` and `ssh://[USER@]HOST[:PORT][/PATH]`. @throws UsageError */
export function readAddress(url: string): Address {
  const path = /^unix:\/\/(\/.+)$/.exec(url)?.[1] ?? /^unix:(\/[^/].*)$/.exec(url)?.[1]
  if (path !== undefined) return { kind: 'unix', path }
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const [, scheme] = /^(tcp|https?|ssh):\/\/./.exec(url) ?? []
  if (!parsed || scheme === undefined || /[?#]/.test(url))
    throw new UsageError(
      `unable to create connection. ${JSON.stringify(url)} is not a supported schema: give unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST/PATH`,
    )
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  if (parsed.password !== '') throw new UsageError('The address of an engine has no password: use a key (--identity) or an agent')
  if (scheme === 'ssh') {
    return {
      kind: 'ssh',
      host,
      ...(parsed.username === '' ? {} : { user: decodeURIComponent(parsed.username) }),
      ...(parsed.port === '' ? {} : { port: Number(parsed.port) }),
      ...(parsed.pathname === '' || parsed.pathname === '/' ? {} : { path: decodeURIComponent(parsed.pathname) }),
    }
  }
  const port = parsed.port === '' ? { tcp: 0, http: 80, https: 443 }[scheme as 'tcp'] : Number(parsed.port)
  if (port === 0) throw new UsageError(`The address ${url} has no port: give tcp://HOST:PORT`)
  return { kind: 'tcp', host, port, secure: scheme === 'https' }
}
