import type { ContainerStats, Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { shortId } from '../../spec/name.ts'
import { formatBinarySize, formatSize } from '../../spec/size.ts'
import { allPods, type ContainerRecord, findPod, type PodRecord } from '../../store/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { stats as containerStats } from '../containers/stats.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Verb } from '../verb.ts'
import { membersOf } from './members.ts'

/**
 * Resource use of pods' containers, infra containers too, in one report a tick; of running pods unless others are named. Containers
 * that start or end meanwhile appear and vanish.
 */
export const stats: Verb<'pod.stats'> = async (context, input, { signal }) => {
  if (input.all && input.namesOrIDs.length > 0)
    throw new EngineError('InvalidArgument', '--all, --latest and arguments cannot be used together', {
      details: { field: 'all' },
    })
  if (input.delay < 1)
    throw new EngineError('InvalidArgument', `The delay ${input.delay} is too short: give whole seconds, 1 or more.`, {
      details: { field: 'delay' },
    })
  const named = input.namesOrIDs.map((name) => findPod(context.database, name).id)
  return ticks(context, input, named.length > 0 ? new Set(named) : undefined, signal)
}

type Tick = Output<'pod.stats'>

async function* ticks(
  context: Context,
  { all, stream, delay }: Parsed<'pod.stats'>,
  named: ReadonlySet<string> | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Tick> {
  const measured = await containerStats(context, { containers: [], all: true, stream, interval: delay }, { signal })
  for await (const { Stats } of measured) {
    const reports = new Map(Stats.map((each) => [each.ContainerID, each]))
    const rows: Tick = []
    for (const pod of podsOf(context, named)) {
      const members = await membersOf(context, pod)
      if (!named && !all && !members.some(isLive)) continue
      rows.push(...members.map((member) => podRow(pod, member, reports.get(member.id))))
    }
    yield rows
  }
}

function podsOf(context: Context, named: ReadonlySet<string> | undefined): PodRecord[] {
  return allPods(context.database, warnOfDamage(context)).filter(({ id }) => !named || named.has(id))
}

const nothing = '--'

/** One container as podman writes it: texts, `--` for what is not there. */
export function podRow(
  pod: Pick<PodRecord, 'id'>,
  member: Pick<ContainerRecord, 'id' | 'name'> & { state: Pick<ContainerRecord['state'], 'status'> },
  use: ContainerStats | undefined,
): Tick[number] {
  const runs = use !== undefined && (member.state.status === 'running' || member.state.status === 'paused')
  const network = Object.values(use?.Network ?? {})
  const received = network.reduce((total, { RxBytes }) => total + RxBytes, 0)
  const sent = network.reduce((total, { TxBytes }) => total + TxBytes, 0)
  const both = (one: number, other: number, format = (bytes: number) => formatSize(bytes)) =>
    runs && (one > 0 || other > 0) ? `${format(one)} / ${format(other)}` : `${nothing} / ${nothing}`
  return {
    CPU: `${(use?.CPU ?? 0).toFixed(2)}%`,
    MemUsage: both(use?.MemUsage ?? 0, use?.MemLimit ?? 0),
    MemUsageBytes: both(use?.MemUsage ?? 0, use?.MemLimit ?? 0, formatBinarySize),
    Mem: `${(use?.MemPerc ?? 0).toFixed(2)}%`,
    NetIO: both(received, sent),
    BlockIO: both(use?.BlockInput ?? 0, use?.BlockOutput ?? 0),
    PIDS: runs ? String(use.PIDs) : nothing,
    Pod: shortId(pod.id),
    CID: shortId(member.id),
    Name: member.name,
  }
}
