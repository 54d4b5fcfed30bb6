import { readSmallFile } from '../lib/cgroup/small-file.ts'
import { readNetCounters } from '../lib/host/net-counters.ts'

/** Bytes received and sent over all interfaces but the loopback. */
export interface Traffic {
  rx: number
  tx: number
}

/** What the network namespace of a process carried; undefined if the process is gone. */
export function readTraffic(pid: number, procRoot = '/proc'): Traffic | undefined {
  const text = readSmallFile(`${procRoot}/${pid}/net/dev`)
  if (text === undefined) return undefined
  const traffic = { rx: 0, tx: 0 }
  // Two lines of headings, then `name: BYTES` with 7 more numbers received, and as many sent (proc_pid_net(5)).
  for (const line of text.split('\n', maxLines)) {
    const colon = line.indexOf(':')
    if (colon === -1 || line.slice(0, colon).trim() === 'lo') continue
    const numbers = line.slice(colon + 1).match(/\d+/g) ?? []
    traffic.rx += Number(numbers[0] ?? 0)
    traffic.tx += Number(numbers[8] ?? 0)
  }
  return traffic
}

/** A container may make as many interfaces as it likes. */
const maxLines = 66

/**
 * Whether a process sees the interfaces that this one sees: counters that lie between two readings of our own. The link of the
 * namespace itself is closed to other users.
 */
export function sharesOurNetwork(pid: number, self = process.pid, procRoot = '/proc'): boolean {
  const before = readNetCounters(self, procRoot)
  const theirs = readNetCounters(pid, procRoot)
  const after = readNetCounters(self, procRoot)
  const names = Object.keys(before)
  if (names.length === 0 || names.join() !== Object.keys(theirs).join()) return false
  return names.every((name) => {
    const [low, at, high] = [before[name]!, theirs[name]!, after[name] ?? before[name]!]
    return at.rxBytes >= low.rxBytes && at.rxBytes <= high.rxBytes && at.txBytes >= low.txBytes && at.txBytes <= high.txBytes
  })
}
