import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'

import { EngineError } from '../../errors/index.ts'
import { identity } from '../../lib/process/identity.ts'

/** What a TLS connection is made with. */
export interface TlsFiles {
  ca?: string[]
  cert?: Buffer
  key?: Buffer
}

/** Folders that may hold certificates for a registry (containers-certs.d(5)); the first that exists counts. */
function folders(registry: string, certDir?: string): string[] {
  if (certDir) return [certDir]
  const own = join(process.env['XDG_CONFIG_HOME'] || join(identity().home, '.config'), 'containers/certs.d')
  return [own, '/etc/containers/certs.d', '/etc/docker/certs.d'].map((folder) => join(folder, registry))
}

/** A folder that exists and is readable; Docker's is often closed to ordinary users. */
function isFolder(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK)
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * Certificate authorities (`*.crt`, beside the system's) and a client certificate (`NAME.cert` with `NAME.key`) for a registry.
 * @param options.verify whether the server's certificate will be checked at all. A named folder that is missing holds none, as with
 *   other tools.
 * @throws InvalidArgument when a named folder cannot be read or a certificate has no key.
 */
export function readCertificates(
  registry: string,
  { certDir, verify }: { certDir?: string | undefined; verify: boolean },
): TlsFiles {
  // Reading the host's authorities takes as long as a small image.
  const known = (): TlsFiles => (verify ? systemAuthorities() : { ca: [] })
  const folder = folders(registry, certDir).find(isFolder)
  if (!folder) {
    if (certDir && existsSync(certDir))
      throw new EngineError('InvalidArgument', `The certificate folder ${certDir} is no folder, or cannot be read.`, {
        details: { path: certDir },
      })
    return known()
  }
  const names = readdirSync(folder)
  const extra = names.filter((name) => name.endsWith('.crt')).map((name) => readFileSync(join(folder, name), 'utf8'))
  const files: TlsFiles = extra.length > 0 ? { ca: [...(known().ca ?? []), ...extra] } : known()
  const client = names.find((name) => name.endsWith('.cert'))
  if (!client) return files
  const key = client.replace(/\.cert$/, '.key')
  if (!names.includes(key))
    throw new EngineError('InvalidArgument', `The client certificate ${join(folder, client)} has no key ${key} beside it.`)
  return { ...files, cert: readFileSync(join(folder, client)), key: readFileSync(join(folder, key)) }
}

let authorities: string[] | undefined

/** The host's authorities, as every other program there uses them, and Node's own where the host has none. */
function systemAuthorities(): TlsFiles {
  authorities ??= tls.getCACertificates('system')
  return authorities.length > 0 ? { ca: authorities } : {}
}

const contexts = new WeakMap<readonly string[], tls.SecureContext>()

/**
 * The files as options of a connection. Connections that trust only the host's authorities share one context: reading them for
 * every connection takes a megabyte and milliseconds each.
 */
export function tlsOptions(files: TlsFiles): tls.SecureContextOptions & { secureContext?: tls.SecureContext } {
  if (files.cert || files.ca === undefined || files.ca !== authorities) return files
  const secureContext = contexts.get(files.ca) ?? tls.createSecureContext(files)
  contexts.set(files.ca, secureContext)
  return { secureContext }
}
