import { readCpu } from './cpu.ts'
import { readDisk } from './disk.ts'
import { readMemory } from './memory.ts'
import { readMounts } from './mounts.ts'
import { readNetwork } from './network.ts'
import type { Put } from './put.ts'

/** What a metric is. The names and units are those of Cockpit's internal source; `memory.total` is ours. */
export interface Metric {
  units: 'millisec' | 'bytes'
  /** Grows only: a page asks for its rate. */
  counter: boolean
  /** Has a value for each of several instances. */
  instanced: boolean
}

/** Values by metric name, then by instance; metrics without instances have the one named ''. */
export type Reading = Map<string, Map<string, number>>

const counter = (units: Metric['units'], instanced: boolean): Metric => ({ units, counter: true, instanced })
const instant = (instanced: boolean): Metric => ({ units: 'bytes', counter: false, instanced })

/** Every metric there is. */
export const metricTable: Readonly<Record<string, Metric>> = {
  'cpu.basic.nice': counter('millisec', false),
  'cpu.basic.user': counter('millisec', false),
  'cpu.basic.system': counter('millisec', false),
  'cpu.basic.iowait': counter('millisec', false),
  'cpu.core.nice': counter('millisec', true),
  'cpu.core.user': counter('millisec', true),
  'cpu.core.system': counter('millisec', true),
  'cpu.core.iowait': counter('millisec', true),
  'memory.total': instant(false),
  'memory.free': instant(false),
  'memory.used': instant(false),
  'memory.cached': instant(false),
  'memory.swap-used': instant(false),
  'disk.all.read': counter('bytes', false),
  'disk.all.written': counter('bytes', false),
  'disk.dev.read': counter('bytes', true),
  'disk.dev.written': counter('bytes', true),
  'network.interface.rx': counter('bytes', true),
  'network.interface.tx': counter('bytes', true),
  'mount.total': instant(true),
  'mount.used': instant(true),
}

const readers: readonly [prefix: string, read: (reading: Put) => void][] = [
  ['cpu.', readCpu],
  ['memory.', readMemory],
  ['disk.', readDisk],
  ['network.', readNetwork],
  ['mount.', readMounts],
]

/** Reads the named metrics, of the instances that are `chosen`, from /proc. What cannot be read is left out. */
export function readMetrics(names: readonly string[], chosen: (instance: string) => boolean): Reading {
  const reading: Reading = new Map(names.map((name) => [name, new Map()]))
  const put: Put = (metric, instance, value) => {
    if (instance === '' || chosen(instance)) reading.get(metric)?.set(instance, value)
  }
  for (const [prefix, read] of readers) {
    if (!names.some((name) => name.startsWith(prefix))) continue
    try {
      read(put)
    } catch {
      // A host without this file has no such values; the page shows a gap.
    }
  }
  return reading
}
