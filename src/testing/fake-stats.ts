import type { ContainerStats, Output, StatsReport } from '../../engine/contract/index.ts'
import type { FakeWorld } from './fake-world.ts'

/** One container's usage in a report. */
export function fakeStats(id: string, changes: Partial<ContainerStats> = {}): ContainerStats {
  return {
    AvgCPU: 5,
    ContainerID: id,
    Name: '',
    PerCPU: null,
    CPU: 5,
    CPUNano: 0,
    CPUSystemNano: 0,
    SystemNano: 0,
    MemUsage: 64 * 1024 ** 2,
    MemLimit: 33_600_000_000,
    MemPerc: 0,
    Network: {},
    BlockInput: 0,
    BlockOutput: 0,
    PIDs: 3,
    UpTime: 0,
    Duration: 0,
    ...changes,
  }
}

/** The usage of all running containers at `time`, varying over time. */
export function fakeReport({ state }: Pick<FakeWorld, 'state'>, time: number): StatsReport {
  const running = state.containers.filter(({ State }) => State === 'running' || State === 'paused')
  const stats = running.map((container, index) => {
    const wave = (length: number) => 0.5 + 0.5 * Math.sin(time / 1000 / length + index * 1.7)
    const load = wave(9) * wave(3.1) * (6 + 11 * (index % 4)) + (Math.sin(time / 700 + index * 3) > 0.93 ? 18 : 0.3)
    return fakeStats(container.Id, {
      CPU: container.State === 'paused' ? 0 : load,
      MemUsage: (40 + 90 * index + 14 * wave(40) * (index + 1)) * 1024 ** 2,
      MemLimit: index === 0 ? 512 * 1024 ** 2 : 33_600_000_000,
    })
  })
  return { Error: null, Stats: stats }
}

/** The same as it would have been recorded, with a minute missing. */
export function recordedUse(world: Pick<FakeWorld, 'state'>, id: string, seconds: number): Output<'container.usage'> {
  const step = Math.max(1, Math.floor(seconds / 900))
  const start = Math.floor(Date.now() / 1000) - seconds
  const stats = Array.from({ length: Math.floor(seconds / step) }, (_, at) =>
    at * step > seconds - 210 && at * step < seconds - 180
      ? undefined
      : fakeReport(world, (start + at * step) * 1000).Stats.find(({ ContainerID }) => ContainerID === id),
  )
  const line = (of: (stats: ContainerStats, time: number) => number) =>
    stats.map((each, at) => (each ? of(each, start + at * step) : null))
  const rate = (length: number, size: number) => (_stats: ContainerStats, time: number) =>
    size * (0.5 + 0.5 * Math.sin(time / length)) ** 2
  return {
    step,
    start,
    cpu: line(({ CPU }) => CPU),
    memory: line(({ MemUsage }) => MemUsage),
    rx: line(rate(17, 900_000)),
    tx: line(rate(11, 250_000)),
    read: line(rate(23, 2_000_000)),
    write: line(rate(31, 5_000_000)),
  }
}
