import { clientSettings } from '../../core/index.ts'
import { identity } from '../../lib/process/identity.ts'
import type { RemoteOptions } from '../command.ts'
import { UsageError } from '../parse/usage-error.ts'
import { connectionsFile, listConnections, type NamedConnection, readConnections } from './connections.ts'

/** Where to connect, and with what. */
export interface Destination {
  url: string
  identity: string | undefined
  ca: string | undefined
  cert: string | undefined
  key: string | undefined
}

/** Every connection of this user. */
export async function allConnections(): Promise<NamedConnection[]> {
  const who = identity()
  return listConnections(readConnections(connectionsFile(who)), await clientSettings())
}

/**
 * The address that the global flags and the environment mean: an address, a connection by its name, or the default connection; where
 * there is none, the socket of this host's own service.
 *
 * @throws UsageError for a connection that is not there
 */
export async function resolveDestination(remote: RemoteOptions, usualUrl: () => string): Promise<Destination> {
  const { url, connection, ...rest } = remote
  if (url !== undefined) return { url, ...rest }
  const all = await allConnections()
  const found = all.find((each) => (connection === undefined ? each.Default : each.Name === connection))
  if (!found) {
    if (connection === undefined) return { url: usualUrl(), ...rest }
    throw new UsageError(
      `connection ${JSON.stringify(connection)} not found: 'berth system connection list' shows those that there are`,
    )
  }
  return {
    url: found.URI,
    identity: rest.identity ?? (found.Identity || undefined),
    ca: rest.ca ?? (found.TLSCAFile || undefined),
    cert: rest.cert ?? (found.TLSCertFile || undefined),
    key: rest.key ?? (found.TLSKeyFile || undefined),
  }
}
