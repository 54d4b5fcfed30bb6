import type { RemoteOptions } from '../command.ts'
import { usualPath } from '../usual-path.ts'
import { readAddress } from './address.ts'
import { forwardAddress } from './connect.ts'
import { resolveDestination } from './destination.ts'

/**
 * The address of the engine that `--url` or `--connection` names, for another program: over ssh that of a socket here, which leads there
 * until it is closed.
 *
 * @throws UsageError for an address that is none; EngineError `EngineUnreachable`.
 */
export async function engineElsewhere(remote: RemoteOptions): Promise<{ url: string; close(): void }> {
  const { url } = await resolveDestination(remote, () => `unix://${usualPath()}`)
  const address = readAddress(url)
  return address.kind === 'ssh' ? forwardAddress(address, remote.identity) : { url, close: () => {} }
}
