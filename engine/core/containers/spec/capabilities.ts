import { readFileSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'

/** What a container's process may do by default: podman's list. */
export const defaultCapabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
]

/** In the kernel's order (capabilities(7)): number n is bit n of the masks in /proc/PID/status. */
const allCapabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`)

/** The capabilities this process may pass on: its bounding set. */
export function boundingCapabilities(status = readFileSync('/proc/self/status', 'utf8')): string[] {
  const mask = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  return allCapabilities.filter((_, bit) => (mask >> BigInt(bit)) & 1n)
}

/**
 * A container's capabilities: the defaults without what is dropped and with what is added; `ALL` stands for every one.
 *
 * @throws EngineError `InvalidArgument` for a name that is none, and for one that is added and dropped.
 */
export function resolveCapabilities(
  base: readonly string[],
  add: readonly string[],
  drop: readonly string[],
  privileged: boolean,
): string[] {
  const added = add.map(normalize)
  const dropped = drop.map(normalize)
  const both = added.find((name) => name !== 'ALL' && dropped.includes(name))
  if (both)
    throw new EngineError('InvalidArgument', `capability ${JSON.stringify(both)} cannot be dropped and added`, {
      details: { capability: both },
    })
  if (!privileged && added.includes('ALL') && dropped.includes('ALL'))
    throw new EngineError('InvalidArgument', 'adding all caps and removing all caps not allowed', {
      details: { capability: 'ALL' },
    })
  const start = privileged || added.includes('ALL') ? boundingCapabilities() : dropped.includes('ALL') ? [] : [...base]
  const set = new Set(start)
  if (!privileged || !dropped.includes('ALL')) for (const name of added) if (name !== 'ALL') set.add(name)
  for (const name of dropped) {
    if (name === 'ALL' && !privileged)
      for (const each of [...set]) if (!added.includes(each) && !added.includes('ALL')) set.delete(each)
    set.delete(name)
  }
  return [...set].sort()
}

/** Names as podman keeps them: in full, sorted. */
export function capabilityNames(given: readonly string[] | null | undefined): string[] {
  return [...new Set((given ?? []).map(normalize))].toSorted()
}

function normalize(given: string): string {
  const upper = given.toUpperCase()
  if (upper === 'ALL') return upper
  const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`
  if (!allCapabilities.includes(name))
    throw new EngineError('InvalidArgument', `${JSON.stringify(name)}: unknown capability`, { details: { capability: given } })
  return name
}
