import type { ContainerSummary } from '../engine/live/live-data.ts'
import type { Series } from '../engine/live/series.ts'
import { composeProject } from './grouping.ts'
import { isActive, nameOf } from '../engine/container-summary.ts'

/** Which states are shown. */
export type StateFilter = 'all' | 'running' | 'stopped'

/** What the list is sorted by; `:desc` is descending. */
export const sortKeys = ['name', 'image', 'state', 'cpu', 'memory', 'started'] as const
export type SortKey = (typeof sortKeys)[number]
export interface Sort {
  readonly key: SortKey
  readonly descending: boolean
}

/** Reads a sort order from the URL; anything else is by name. */
export function parseSort(text: string): Sort {
  const [key, direction] = text.split(':')
  return { key: sortKeys.find((each) => each === key) ?? 'name', descending: direction === 'desc' }
}

/** Writes a sort order for the URL. */
export const writeSort = ({ key, descending }: Sort): string => (descending ? `${key}:desc` : key)

/** The containers that match: each word of `text` is in name, image, id, pod, project, state or command. */
export function filterContainers(containers: readonly ContainerSummary[], text: string, state: StateFilter): ContainerSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return containers.filter((container) => {
    if (container.IsInfra) return false
    if (state !== 'all' && isActive(container) !== (state === 'running')) return false
    const hay = [
      nameOf(container),
      container.Image,
      container.Id,
      container.PodName,
      composeProject(container),
      container.State,
      container.Command?.join(' '),
    ]
      .join('\n')
      .toLowerCase()
    return words.every((word) => hay.includes(word))
  })
}

/** Sorts containers. `series` is their usage, to sort by. */
export function sortContainers(
  containers: readonly ContainerSummary[],
  { key, descending }: Sort,
  series: ReadonlyMap<string, Series>,
): ContainerSummary[] {
  const use = ({ Id }: ContainerSummary, field: 'cpu' | 'memory') => series.get(Id)?.latest[field] ?? -1
  const compare: Record<SortKey, (a: ContainerSummary, b: ContainerSummary) => number> = {
    name: () => 0,
    image: (a, b) => a.Image.localeCompare(b.Image),
    state: (a, b) => a.State.localeCompare(b.State),
    cpu: (a, b) => use(a, 'cpu') - use(b, 'cpu'),
    memory: (a, b) => use(a, 'memory') - use(b, 'memory'),
    started: (a, b) => a.StartedAt - b.StartedAt,
  }
  const byName = (a: ContainerSummary, b: ContainerSummary) => nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true })
  const sign = descending ? -1 : 1
  return containers.toSorted((a, b) => sign * (compare[key](a, b) || byName(a, b)))
}
