import { type NetCounters, readNetCounters } from '../lib/host/net-counters.ts'

/** Bytes received and sent over all interfaces but the loopback. */
export interface Traffic {
  rx: number
  tx: number
}

/** What the network namespace of a process carried; undefined if the process is gone. */
export function readTraffic(pid: number, procRoot = '/proc'): Traffic | undefined {
  const counters = Object.values(readNetCounters(pid, procRoot))
  return counters.length === 0 ? undefined : sum(counters)
}

const sum = (counters: readonly NetCounters[]): Traffic => ({
  rx: counters.reduce((total, { rxBytes }) => total + rxBytes, 0),
  tx: counters.reduce((total, { txBytes }) => total + txBytes, 0),
})

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
