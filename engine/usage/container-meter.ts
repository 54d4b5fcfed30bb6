import { availableParallelism } from 'node:os'

import { cgroupPaths, type Cgroups } from '../lib/cgroup/index.ts'
import type { ContainerGroup } from './container-groups.ts'
import { type ProcessFacts, processFacts } from './monitor-name.ts'
import { readTraffic, sharesOurNetwork } from './network-traffic.ts'
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

interface Counted {
  at: number
  rx: number
  tx: number
  read: number
  write: number
}

const cores = availableParallelism()

/** Milliseconds for which a monitor is looked for. */
const nameTimeout = 10_000

/** Opens a meter; its first measurement is the start of what later ones compare with. */
export function openContainerMeter(cgroups: Cgroups, group: ContainerGroup): ContainerMeter {
  const paths = cgroupPaths(cgroups, group.group)
  const counters = openCounters(paths)
  let facts: ProcessFacts | undefined
  let ownNetwork = false
  let opened: number | undefined
  let cpu: { at: number; nanos: number } | undefined
  let counted: Counted | undefined
  let rates = { rx: Number.NaN, tx: Number.NaN, read: Number.NaN, write: Number.NaN }
  let reclaimable = 0

  function find(at: number): void {
    opened ??= at
    if (facts?.name !== undefined || at - opened > nameTimeout) return
    facts = processFacts(paths, group.id) ?? facts
    if (facts) ownNetwork = !sharesOurNetwork(facts.pid)
  }

  function readRates(at: number): void {
    reclaimable = counters.reclaimable() ?? 0
    const io = counters.io()
    let traffic = facts && ownNetwork ? readTraffic(facts.pid) : undefined
    if (facts && ownNetwork && !traffic) {
      facts = { ...facts, ...processFacts(paths, group.id) }
      traffic = readTraffic(facts.pid)
    }
    const now: Counted = {
      at,
      rx: traffic?.rx ?? Number.NaN,
      tx: traffic?.tx ?? Number.NaN,
      read: io?.read ?? Number.NaN,
      write: io?.write ?? Number.NaN,
    }
    if (counted) rates = ratesBetween(counted, now)
    counted = now
  }

  return {
    group,
    name: () => facts?.name,
    measure(at, all) {
      find(at)
      const nanos = counters.cpuNanos()
      if (nanos === undefined) return 'gone'
      if (all || !counted) readRates(at)
      const before = cpu
      cpu = { at, nanos }
      if (!before || at <= before.at) return 'first'
      // Counters of several processors are summed up at different moments: never more than there are.
      const share = Math.min(cores * 100, Math.max(0, (nanos - before.nanos) / (at - before.at) / 10_000))
      return { cpu: share, memory: Math.max(0, (counters.memory() ?? 0) - reclaimable), ...rates }
    },
    close: () => counters.close(),
  }
}

function ratesBetween(before: Counted, now: Counted): Omit<Sample, 'cpu' | 'memory'> {
  const seconds = (now.at - before.at) / 1000
  const rate = (field: 'rx' | 'tx' | 'read' | 'write') => Math.max(0, now[field] - before[field]) / seconds
  return { rx: rate('rx'), tx: rate('tx'), read: rate('read'), write: rate('write') }
}
