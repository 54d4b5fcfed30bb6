import { readFileSync } from 'node:fs'

import type { ContainerStats } from '../../contract/index.ts'

type Counters = NonNullable<ContainerStats['Network']>

/** What the network interfaces that a process sees have carried, without the loopback; `null` if the process is gone. */
export function readNetworkCounters(pid: number): Counters | null {
  try {
    return parseNetDev(readFileSync(`/proc/${pid}/net/dev`, 'latin1'))
  } catch {
    return null
  }
}

/** The text of /proc/PID/net/dev (proc_pid_net(5)): 8 numbers received and 8 sent after each interface's name. */
export function parseNetDev(text: string): Counters {
  const counters: Counters = {}
  for (const line of text.split('\n').slice(2)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim()
    if (colon === -1 || name === 'lo') continue
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    const [
      RxBytes = 0,
      RxPackets = 0,
      RxErrors = 0,
      RxDropped = 0,
      ,
      ,
      ,
      ,
      TxBytes = 0,
      TxPackets = 0,
      TxErrors = 0,
      TxDropped = 0,
    ] = numbers
    counters[name] = { RxBytes, RxDropped, RxErrors, RxPackets, TxBytes, TxDropped, TxErrors, TxPackets }
  }
  return counters
}
