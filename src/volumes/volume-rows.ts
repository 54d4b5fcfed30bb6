import type { Volume, VolumeUsage } from '../engine/live/live-data.ts'
import { compareKeys, naturalKey } from '../i18n/natural-key.ts'

/** A volume with what is known of its use; `usage` is missing until it was measured. */
export interface VolumeRow {
  readonly volume: Volume
  readonly usage: VolumeUsage | undefined
}

export type UseFilter = 'all' | 'used' | 'unused'
export type VolumeSortKey = 'name' | 'size' | 'used' | 'created'

export interface VolumeSort {
  readonly key: VolumeSortKey
  readonly descending: boolean
}

const isKey = (text: string): text is VolumeSortKey => ['name', 'size', 'used', 'created'].includes(text)

/** Reads `size:desc`; what it does not know is by name. */
export function parseVolumeSort(text: string): VolumeSort {
  const [key = '', direction] = text.split(':')
  return isKey(key) ? { key, descending: direction === 'desc' } : { key: 'name', descending: false }
}

export const writeVolumeSort = ({ key, descending }: VolumeSort): string => (descending ? `${key}:desc` : key)

/** What rows are compared by first; then by name. */
const keys: Record<VolumeSortKey, (row: VolumeRow) => number> = {
  name: () => 0,
  size: ({ usage }) => usage?.Size ?? -1,
  used: ({ usage }) => usage?.Containers.length ?? -1,
  created: ({ volume }) => Date.parse(volume.CreatedAt),
}

const isUsed = ({ usage }: VolumeRow): boolean => (usage?.Containers.length ?? 0) > 0

/** The rows that a filter shows, in their order. */
export function volumeRows(
  volumes: readonly Volume[],
  usages: readonly VolumeUsage[],
  filter: { text: string; use: UseFilter },
  sort: VolumeSort,
): VolumeRow[] {
  const byName = new Map(usages.map((usage) => [usage.Name, usage]))
  const text = filter.text.trim().toLowerCase()
  const key = keys[sort.key]
  const sign = sort.descending ? -1 : 1
  return volumes
    .map((volume): VolumeRow => ({ volume, usage: byName.get(volume.Name) }))
    .filter((row) => filter.use === 'all' || isUsed(row) === (filter.use === 'used'))
    .filter(({ volume }) => text === '' || searched(volume).includes(text))
    .map((row) => ({ row, key: key(row), name: naturalKey(row.volume.Name) }))
    .toSorted((one, other) => sign * (one.key - other.key || compareKeys(one.name, other.name)))
    .map(({ row }) => row)
}

const searched = ({ Name, Driver, Labels }: Volume): string =>
  [Name, Driver, ...Object.entries(Labels).map(([name, value]) => `${name}=${value}`)].join('\n').toLowerCase()
