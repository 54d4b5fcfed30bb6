import path from 'node:path'

import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import type { NetworkStatus } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'

/** The file that says which forwarder is a container's. */
export const forwarderPidFile = (context: Context, id: string): string =>
  path.join(containerPaths(context, id).run, 'forwarder.pid')

/** The file in which its forwarder finds the container's address. */
export const forwardTargetFile = (context: Context, id: string): string =>
  path.join(containerPaths(context, id).run, 'forward-to')

/** Says where published ports lead from now on: to the container's first address, IPv4 before IPv6. */
export function writeForwardTarget(context: Context, id: string, networks: Readonly<Record<string, NetworkStatus>>): void {
  const all = Object.values(networks).flatMap(({ addresses }) => addresses.map(({ address }) => address))
  const target = all.find((address) => !address.includes(':')) ?? all[0] ?? ''
  writeFileAtomicSync(forwardTargetFile(context, id), `${target}\n`)
}
