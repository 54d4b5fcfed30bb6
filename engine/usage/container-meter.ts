import { availableParallelism } from 'node:os'

import { type CgroupPaths, cgroupPaths, type Cgroups } from '../lib/cgroup/index.ts'
import type { ContainerGroup } from './container-groups.ts'
import { type ProcessFacts, processFacts } from './monitor-name.ts'
import { readTraffic, sharesOurNetwork, type Traffic } from './network-traffic.ts'
import { openCounters } from './open-counters.ts'
import type { Sample } from './sample.ts'

/** Measures one run of one container. */
export interface ContainerMeter {
  readonly group: ContainerGroup
  /** The container's name, once its monitor was seen. */
  name(): string | undefined
  /**
   * What it used since the last call; `first` when there is nothing to compare with, `gone` once its group is.
   *
   * @param at milliseconds of a steady clock.
   * @param all whether to read also what costs more: reclaimable memory, network, disks.
   */
  measure(at: number, all: boolean): Sample | 'first' | 'gone'
  /** Closes its files. */
  close(): void
}

const cores = availableParallelism()

/** Milliseconds for which a monitor is looked for. */
const nameTimeout = 10_000

/** Opens a meter; its first measurement is the start of what later ones compare with. `known`: where its processes need not be looked for. */
export function openContainerMeter(cgroups: Cgroups, group: ContainerGroup, known?: ProcessFacts): ContainerMeter {
  const paths = cgroupPaths(cgroups, group.group)
  const counters = openCounters(paths)
  const processes = findProcesses(paths, group.id, known)
  const rates = openRates()
  let cpu: { at: number; nanos: number } | undefined
  let reclaimable: number | undefined
  return {
    group,
    name: processes.name,
    measure(at, all) {
      processes.find(at)
      const nanos = counters.cpuNanos()
      if (nanos === undefined) return 'gone'
      if (all || reclaimable === undefined) {
        reclaimable = counters.reclaimable() ?? 0
        rates.count(at, { ...nothing, ...processes.traffic(), ...counters.io() })
      }
      const before = cpu
      cpu = { at, nanos }
      if (!before || at <= before.at) return 'first'
      // Counters of several processors are summed up at different moments: never more than there are.
      const share = Math.min(cores * 100, Math.max(0, (nanos - before.nanos) / (at - before.at) / 10_000))
      return { cpu: share, memory: Math.max(0, (counters.memory() ?? 0) - reclaimable), ...rates.latest() }
    },
    close: () => counters.close(),
  }
}

const nothing = { rx: Number.NaN, tx: Number.NaN, read: Number.NaN, write: Number.NaN }
type Counted = typeof nothing

/** Finds a container's monitor and one of its processes. */
function findProcesses(paths: CgroupPaths, id: string, known: ProcessFacts | undefined) {
  let facts = known
  let ownNetwork = known !== undefined && !sharesOurNetwork(known.pid)
  let opened: number | undefined
  return {
    name: () => facts?.name,
    /** Looks until the name is known. `at`: milliseconds of a steady clock. */
    find(at: number): void {
      opened ??= at
      if (facts?.name !== undefined || at - opened > nameTimeout) return
      facts = processFacts(paths, id) ?? facts
      if (facts) ownNetwork = !sharesOurNetwork(facts.pid)
    },
    /** What its network carried; undefined for the host's. The process that was found may have ended before the others. */
    traffic(): Traffic | undefined {
      if (!facts || !ownNetwork) return undefined
      const found = readTraffic(facts.pid)
      if (found) return found
      facts = { ...facts, ...processFacts(paths, id) }
      return readTraffic(facts.pid)
    },
  }
}

/** Rates of counters between two countings. */
function openRates() {
  let before: (Counted & { at: number }) | undefined
  let rates: Counted = nothing
  return {
    latest: () => rates,
    count(at: number, now: Counted): void {
      const last = before
      before = { at, ...now }
      if (!last) return
      const rate = (field: keyof Counted) => (Math.max(0, now[field] - last[field]) / (at - last.at)) * 1000
      rates = { rx: rate('rx'), tx: rate('tx'), read: rate('read'), write: rate('write') }
    },
  }
}
