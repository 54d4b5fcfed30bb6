import type { Engine, LiveUsage } from '../../engine/contract/index.ts'
import { fakeReport, recordedUse } from './fake-stats.ts'
import { type FakeWorld, openStream } from './fake-world.ts'

/** The history of the fake. */
export function usageVerbs(world: FakeWorld): Partial<Engine> {
  return {
    'usage.history': async ({ containers = [], seconds = 60, total }) => {
      const running = fakeReport(world, Date.now()).Stats.map(({ ContainerID }) => ContainerID)
      const ids = containers.length > 0 ? [containers].flat() : running
      const all = running.map((id) => recordedUse(world, id, Number(seconds)))
      const sum = (field: 'cpu' | 'memory') =>
        all[0]?.[field].map((_value, at) => all.reduce((whole, each) => whole + (each[field][at] ?? 0), 0)) ?? []
      return {
        containers: ids.map((id) => ({ id, ...recordedUse(world, id, Number(seconds)) })),
        ...(total && all[0] ? { total: { step: all[0].step, start: all[0].start, cpu: sum('cpu'), memory: sum('memory') } } : {}),
      }
    },
    'usage.live': async ({ containers = [], top = 0, total }, options) =>
      liveReports(world, new Set([containers].flat()), Number(top) > 0, total === true, options?.signal),
    'usage.status': async () => ({ recorder: 'host', since: 0, service: 'possible' }),
    'usage.enable': async () => {},
    'usage.disable': async () => {},
  }
}

/** The ticks of the fake as the engine reports them: of some containers, and each only when it changed. */
async function* liveReports(
  world: FakeWorld,
  named: ReadonlySet<string>,
  top: boolean,
  withTotal: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveUsage, void, undefined> {
  const sent = new Map<string, string>()
  for await (const { Stats } of openStream(world.statsStreams, signal)) {
    const wanted = Stats.filter(({ ContainerID }) => top || named.size === 0 || named.has(ContainerID))
    const there = new Set(wanted.map(({ ContainerID }) => ContainerID))
    const gone = [...sent.keys()].filter((id) => !there.has(id))
    for (const id of gone) sent.delete(id)
    const containers = wanted.flatMap(({ ContainerID: id, CPU: cpu, MemUsage: memory }) => {
      const text = `${cpu} ${memory}`
      const same = sent.get(id) === text
      sent.set(id, text)
      return same ? [] : [{ id, cpu, memory }]
    })
    const sum = (field: 'CPU' | 'MemUsage') => Stats.reduce((all, each) => all + each[field], 0)
    yield { time: Date.now(), containers, gone, ...(withTotal ? { total: { cpu: sum('CPU'), memory: sum('MemUsage') } } : {}) }
  }
}
