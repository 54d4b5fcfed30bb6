import type { Engine } from '../../engine/contract/index.ts'
import { fakeReport, recordedUse } from './fake-stats.ts'
import type { FakeWorld } from './fake-world.ts'

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
    'usage.status': async () => ({ recorder: 'host', since: 0, service: 'possible' }),
    'usage.enable': async () => {},
    'usage.disable': async () => {},
  }
}
