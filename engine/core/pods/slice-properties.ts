import type { UnitProperty } from '../../adapters/systemd-slice.ts'
import { cpuWeight, type GroupResources, ioWeight } from '../../lib/cgroup/index.ts'

const infinity = '18446744073709551615'
const defaultPeriod = 100_000

/** Limits as systemd.resource-control(5) has them on its bus; microseconds of CPU time are for each second. */
export function sliceProperties({ memory, cpu, pids, blockIO }: GroupResources): UnitProperty[] {
  const swap =
    memory?.swap && memory.swap > 0 && memory.limit && memory.limit > 0 ? Math.max(0, memory.swap - memory.limit) : undefined
  const bytes = (value: number) => (value <= 0 ? infinity : String(value))
  const number = (name: string, value: number | null | undefined, text: (value: number) => string = bytes): UnitProperty[] =>
    value === undefined || value === null ? [] : [[name, 't', text(value)]]
  return [
    ...number('MemoryMax', memory?.limit),
    ...number('MemoryLow', memory?.reservation),
    ...(swap === undefined ? [] : [['MemorySwapMax', 't', String(swap)] as const]),
    ...number('CPUWeight', cpu?.shares, (shares) => String(cpuWeight(shares))),
    ...number('CPUQuotaPerSecUSec', cpu?.quota, (quota) => perSecond(quota, cpu?.period ?? defaultPeriod)),
    ...number('CPUQuotaPeriodUSec', cpu?.period, String),
    ...set('AllowedCPUs', cpu?.cpus),
    ...set('AllowedMemoryNodes', cpu?.mems),
    ...number('TasksMax', pids?.limit),
    ...number('IOWeight', blockIO?.weight || undefined, (weight) => String(ioWeight(weight))),
    ...rates(
      'IODeviceWeight',
      blockIO?.weightDevice?.map((each) => ({ ...each, rate: ioWeight(each.weight ?? 0) })),
    ),
    ...rates('IOReadBandwidthMax', blockIO?.throttleReadBpsDevice),
    ...rates('IOWriteBandwidthMax', blockIO?.throttleWriteBpsDevice),
    ...rates('IOReadIOPSMax', blockIO?.throttleReadIOPSDevice),
    ...rates('IOWriteIOPSMax', blockIO?.throttleWriteIOPSDevice),
  ]
}

function perSecond(quota: number, period: number): string {
  return quota <= 0 ? infinity : String(Math.max(1, Math.round((quota / period) * 1_000_000)))
}

/** `0-2,5` as a bit mask in bytes, the lowest first. */
function set(name: string, text: string | null | undefined): UnitProperty[] {
  if (!text) return []
  const bytes: number[] = []
  for (const part of text.split(',')) {
    const [first = 0, last = first] = part.split('-').map(Number)
    for (let bit = first; bit <= last && bit < 8192; bit += 1) {
      while (bytes.length <= bit >> 3) bytes.push(0)
      bytes[bit >> 3] = (bytes[bit >> 3] as number) | (1 << (bit & 7))
    }
  }
  return [[name, 'ay', String(bytes.length), ...bytes.map(String)]]
}

function rates(name: string, list: readonly { major: number; minor: number; rate: number }[] | null | undefined): UnitProperty[] {
  if (!list || list.length === 0) return []
  const values = list.flatMap(({ major, minor, rate }) => [`/dev/block/${major}:${minor}`, String(rate)])
  return [[name, 'a(st)', String(list.length), ...values]]
}
