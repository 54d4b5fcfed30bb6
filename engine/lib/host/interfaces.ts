import { readFileSync } from 'node:fs'

/**
 * Names of the network interfaces of this process's network namespace, from /proc/net/dev (proc_pid_net(5)). /sys shows those of the
 * namespace in which it was mounted, which may be another one.
 */
export function interfaceNames(text = readFileSync('/proc/net/dev', 'utf8')): Set<string> {
  return new Set([...text.matchAll(/^\s*([^\s:|]+):/gm)].map((match) => match[1]!))
}
