import { setTimeout as sleep } from 'node:timers/promises'

import type { Output } from '../../contract/index.ts'
import { isAlive } from '../../lib/process/process.ts'
import { timesOf, topContext, topProcesses } from '../top/table.ts'
import { requirePermitted } from './lifecycle/transitions.ts'
import { locate } from './records/locate.ts'
import type { Verb } from '../verb.ts'

/** Characters of a command line that are reported. */
const maxCommand = 1_000

type Report = Output<'container.processes'>

/** The processes of a running container at an interval, read from /proc, until it stops or the caller leaves. */
export const processes: Verb<'container.processes'> = async (context, { name, interval }, { signal }) => {
  const record = await locate(context, name)
  requirePermitted('top', record)
  const { pid } = record.state
  return (async function* () {
    const before = new Map<string, { cpu: number; at: number }>()
    while (signal?.aborted !== true && isAlive(pid)) {
      yield { Processes: report(topProcesses(context, record), topContext(pid), before) }
      await sleep(interval * 1000, undefined, { signal }).catch(() => {})
    }
  })()
}

/** `before` holds the CPU time of each process at the report before, and is brought up to date. */
function report(
  facts: ReturnType<typeof topProcesses>,
  columns: ReturnType<typeof topContext>,
  before: Map<string, { cpu: number; at: number }>,
): Report['Processes'] {
  const now = Date.now()
  const seen = new Set<string>()
  const rows = facts.map((process) => {
    // The kernel uses numbers again: the start belongs to the name.
    const key = `${process.pid} ${process.startedAt}`
    seen.add(key)
    const { cpu, started } = timesOf(process, now, columns)
    const since = before.get(key) ?? { cpu: 0, at: started }
    before.set(key, { cpu, at: now })
    const seconds = (now - since.at) / 1000
    return {
      Pid: Number(process.innerPid),
      Parent: Number(process.innerParent),
      User:
        columns.names.user.get(columns.toInner.uid(process.uids[1] ?? 0)) ?? String(columns.toInner.uid(process.uids[1] ?? 0)),
      CPU: seconds > 0 ? Math.max(0, ((cpu - since.cpu) / seconds) * 100) : 0,
      Memory: process.residentSize * 1024,
      Started: new Date(started).toISOString(),
      State: process.state,
      Command: (process.argv.length > 0 ? process.argv.join(' ') : `[${process.command}]`).slice(0, maxCommand),
    }
  })
  for (const key of before.keys()) if (!seen.has(key)) before.delete(key)
  return rows
}
