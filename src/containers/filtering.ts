import { clock } from '../engine/clock.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import type { Series } from '../engine/live/series.ts'
import { composeProject } from './grouping.ts'
import { isActive, nameOf, shownStates } from '../engine/container-summary.ts'
import { compareKeys, naturalKey } from '../i18n/natural-key.ts'

/** Which states are shown. */
export type StateFilter = 'all' | 'running' | 'stopped'

/** What the list is sorted by; `:desc` is descending. */
export const sortKeys = ['name', 'image', 'state', 'cpu', 'memory', 'started', 'created'] as const
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

/** What the list is filtered by. Of one kind any value may match, of labels all must. */
export interface ContainerFilter {
  /** Words: each is in name, image, id, pod, project, state or command. */
  readonly text: string
  readonly state: StateFilter
  readonly status: readonly string[]
  readonly image: readonly string[]
  /** `name` or `name=value`. */
  readonly label: readonly string[]
  readonly pod: readonly string[]
}

/** The kinds of values that a person chooses from what there is. */
export const filterKinds = ['status', 'image', 'pod', 'label'] as const
export type FilterKind = (typeof filterKinds)[number]

/** The values of a kind that a container has. */
export const valuesOf: Record<FilterKind, (container: ContainerSummary) => readonly string[]> = {
  status: (container) => shownStates(container, clock.get().getTime() / 1000),
  image: ({ Image, ImageID }) => [Image || ImageID],
  pod: ({ PodName }) => (PodName === '' ? [] : [PodName]),
  label: ({ Labels }) => Object.entries(Labels ?? {}).map(([name, value]) => `${name}=${value}`),
}

const hasLabel = ({ Labels }: ContainerSummary, label: string): boolean => {
  const [name = ''] = label.split('=', 1)
  if (!Labels || !Object.hasOwn(Labels, name)) return false
  return label === name || label === `${name}=${Labels[name]}`
}

const texts = new WeakMap<ContainerSummary, string>()

/** All that the words of a filter are looked for in; made once for each summary. */
function textOf(container: ContainerSummary): string {
  const known = texts.get(container)
  if (known !== undefined) return known
  const text = [
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
  texts.set(container, text)
  return text
}

/** The containers that match; infra containers are never shown. */
export function filterContainers(containers: readonly ContainerSummary[], filter: ContainerFilter): ContainerSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const { state, label } = filter
  return containers.filter((container) => {
    if (container.IsInfra) return false
    if (state !== 'all' && isActive(container) !== (state === 'running')) return false
    const has = (kind: 'status' | 'image' | 'pod') =>
      filter[kind].length === 0 || valuesOf[kind](container).some((value) => filter[kind].includes(value))
    if (!has('status') || !has('image') || !has('pod')) return false
    if (!label.every((each) => hasLabel(container, each))) return false
    return words.every((word) => textOf(container).includes(word))
  })
}

const nameKeys = new WeakMap<ContainerSummary, string>()

/** By which names are compared; made once for each summary. */
function nameKey(container: ContainerSummary): string {
  const known = nameKeys.get(container)
  if (known !== undefined) return known
  const key = naturalKey(nameOf(container))
  nameKeys.set(container, key)
  return key
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
    image: (a, b) => compareKeys(a.Image, b.Image),
    state: (a, b) => compareKeys(a.State, b.State),
    cpu: (a, b) => use(a, 'cpu') - use(b, 'cpu'),
    memory: (a, b) => use(a, 'memory') - use(b, 'memory'),
    started: (a, b) => a.StartedAt - b.StartedAt,
    created: (a, b) => Date.parse(a.Created) - Date.parse(b.Created),
  }
  const byName = (a: ContainerSummary, b: ContainerSummary) =>
    compareKeys(nameKey(a), nameKey(b)) || compareKeys(nameOf(a), nameOf(b))
  const sign = descending ? -1 : 1
  return containers.toSorted((a, b) => sign * (compare[key](a, b) || byName(a, b)))
}
