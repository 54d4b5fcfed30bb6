import path from 'node:path'

import type { NetavarkOptions } from '../../adapters/netavark.ts'
import type { Context } from '../context.ts'
import { enterRootless } from './rootless-namespace.ts'

/**
 * Runs netavark as the host and its settings want it: for ordinary users in their one network namespace, which must be there.
 * One at a time: netavark reads the firewall, then changes it, and two at once would undo each other's changes.
 */
export function withNetavark<T>(context: Context, work: (options: NetavarkOptions) => Promise<T>): Promise<T> {
  return context.lock('network', 'netavark', async () => work(await netavarkOptions(context)))
}

/** For callers that hold the lock. */
export async function netavarkOptions(context: Context): Promise<NetavarkOptions> {
  const { firewallDriver, dnsBindPort, netavarkPluginDirs } = (await context.conf()).network
  return {
    configDir: path.join(context.runRoot, 'networks'),
    rootless: context.identity.rootless,
    firewall: firewallDriver || undefined,
    dnsPort: dnsBindPort || undefined,
    pluginFolders: netavarkPluginDirs,
    ...(context.identity.rootless ? { enter: enterRootless(context) } : {}),
  }
}
