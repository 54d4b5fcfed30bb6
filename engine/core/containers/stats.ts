import { setTimeout as sleep } from 'node:timers/promises'

import type { ContainerStats, Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { type Meter, noStats, openMeter } from '../usage/measure.ts'
import type { Verb } from '../verb.ts'
import { isLive } from './lifecycle/transitions.ts'
import { currentContainers } from './records/live.ts'
import { locate } from './records/locate.ts'

/**
 * Resource use, from cgroup files, of all containers in one report a tick. The first comes immediately, with averages since each
 * container's start; containers that start or end meanwhile appear and vanish. Named ones stay, with zeros when they do not run,
 * and the stream ends when all of them are removed.
 */
export const stats: Verb<'container.stats'> = async (context, input, { signal }) => {
  if (input.interval < 1)
    throw new EngineError('InvalidArgument', `The interval ${input.interval} is too short: give whole seconds, 1 or more.`, {
      details: { field: 'interval' },
    })
  const named = input.containers.length === 0 ? undefined : new Set<string>()
  for (const name of input.containers) named?.add((await locate(context, name)).id)
  return ticks(context, { named, all: input.all, every: input.stream ? input.interval * 1000 : 0, signal })
}

interface TickOptions {
  named: ReadonlySet<string> | undefined
  all: boolean
  /** Milliseconds; 0 for a single report. */
  every: number
  signal: AbortSignal | undefined
}

async function* ticks(context: Context, { named, all, every, signal }: TickOptions): AsyncGenerator<Output<'container.stats'>> {
  const meters = new Map<string, Meter>()
  try {
    let next = performance.now()
    for (;;) {
      if (signal?.aborted) return
      const records = (await currentContainers(context)).filter((record) =>
        named ? named.has(record.id) : all || isLive(record),
      )
      if (named && records.length === 0) return
      yield { Error: null, Stats: measureAll(context, records, meters) }
      if (every === 0) return
      // A reader that was slower than the interval misses ticks instead of getting them in a burst.
      next = Math.max(next + every, performance.now())
      await sleep(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => {})
    }
  } finally {
    for (const meter of meters.values()) meter[Symbol.dispose]()
  }
}

function measureAll(context: Context, records: readonly ContainerRecord[], meters: Map<string, Meter>): ContainerStats[] {
  const seen = new Set<string>()
  const reports = records.map((record) => {
    if (!isLive(record)) return noStats(record)
    // A restart is another process with other counters.
    const key = `${record.id} ${record.state.pid}`
    seen.add(key)
    let meter = meters.get(key)
    if (!meter) meters.set(key, (meter = openMeter(context.cgroups, record)))
    return meter.measure() ?? noStats(record)
  })
  for (const [key, meter] of meters) {
    if (seen.has(key)) continue
    meter[Symbol.dispose]()
    meters.delete(key)
  }
  return reports
}
