import { readSmallFile } from '../cgroup/small-file.ts'

/** What passed through one interface since it was made, seen from its own side. */
export interface NetCounters {
  rxBytes: number
  rxPackets: number
  rxErrors: number
  rxDropped: number
  txBytes: number
  txPackets: number
  txErrors: number
  txDropped: number
}

/**
 * The counters of all interfaces but `lo` in the network namespace of process `pid`, by interface (/proc/PID/net/dev,
 * proc_pid_net(5)); empty if there is no such process. For a process in the host's namespace they are the host's.
 */
export function readNetCounters(pid: number, procRoot = '/proc'): Record<string, NetCounters> {
  const counters: Record<string, NetCounters> = {}
  for (const line of readSmallFile(`${procRoot}/${pid}/net/dev`)?.split('\n').slice(2) ?? []) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim()
    if (colon < 0 || name === 'lo') continue
    const values = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    const at = (index: number) => values[index] ?? 0
    counters[name] = {
      rxBytes: at(0),
      rxPackets: at(1),
      rxErrors: at(2),
      rxDropped: at(3),
      txBytes: at(8),
      txPackets: at(9),
      txErrors: at(10),
      txDropped: at(11),
    }
  }
  return counters
}
