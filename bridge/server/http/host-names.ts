import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** The check of a `Host` header: a name of this server, missing or invalid, or a foreign name. */
export type HostState = 'own' | 'invalid' | 'foreign'

/** The names of a server, besides any address literal and `localhost`. */
export interface HostNames {
  /** Names that were configured; `*.example.org` is any one label before it. */
  names: readonly string[]
  /** Its certificate, in PEM, whose names are its own too. */
  certificate?: string
}

/**
 * Checks `Host` headers. A page of another name that was made to resolve to this server's address (DNS rebinding) has
 * that name's origin, not ours; refusing the name blocks all its requests. Address literals cannot be
 * rebound, so all of them are accepted, also through proxies and tunnels.
 */
export function checkHosts({ names, certificate }: HostNames): (header: string | undefined) => HostState {
  const own = new Set(['localhost', ...machineNames(), ...names].map(plain))
  const issued = certificate === undefined ? undefined : new X509Certificate(certificate)
  return (header) => {
    const host = hostOf(header)
    if (host === undefined) return 'invalid'
    if (isIP(host) !== 0 || own.has(host) || host.endsWith('.localhost')) return 'own'
    if (own.has(`*${host.slice(host.indexOf('.'))}`) && host.includes('.')) return 'own'
    return issued?.checkHost(host) === undefined ? 'foreign' : 'own'
  }
}

/** The host in a `Host` header, without port, brackets and a last dot. */
function hostOf(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([a-zA-Z0-9_.-]{1,253}))(?::\d{1,5})?$/.exec(header ?? '')
  if (match === null) return undefined
  return match[1] ?? plain(match[2]!)
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

/** The names of this machine: its own, with the domains it is searched in, as `.local` and as /etc/hosts has it. */
function machineNames(): string[] {
  const name = hostname()
  const short = name.split('.', 1)[0]!
  const domains = linesOf('/etc/resolv.conf')
    .filter(([key]) => key === 'search' || key === 'domain')
    .flatMap(([, ...rest]) => rest)
  const listed = linesOf('/etc/hosts')
    .map(([, ...rest]) => rest)
    .filter((each) => each.includes(name))
    .flat()
  return [name, short, `${short}.local`, ...domains.map((domain) => `${short}.${domain}`), ...listed].filter(
    (each) => each !== '' && !each.startsWith('.'),
  )
}

/** The words of each line, without comments; none where the file cannot be read. */
function linesOf(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.replace(/[#;].*/, '').trim())
      .filter((line) => line !== '')
      .map((line) => line.split(/\s+/))
  } catch {
    return []
  }
}
