import { isActive, nameOf } from '../engine/container-summary.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import type { Aligned, Sample, Series } from '../engine/live/series.ts'
import { _ } from '../i18n/gettext.ts'
import type { ChartSeries } from '../ui/charts/chart-props.ts'

/** Containers with a series of their own; the others are summed up. */
export const maxSeries = 8
export const othersKey = 'rest'

type Ranked = 'cpu' | 'memory'

/** The containers that used most of one resource, by their mean, most first. */
export function rank(all: ReadonlyMap<string, Series>, field: Ranked): readonly string[] {
  const mean = (samples: readonly Sample[]) => samples.reduce((sum, sample) => sum + sample[field], 0) / samples.length
  return [...all]
    .map(([id, { samples }]) => [id, mean(samples)] as const)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, maxSeries)
    .map(([id]) => id)
}

/**
 * The series of both charts, each by name: a container has the same colour in both. Infra containers, which nobody made or lists, are
 * among the others.
 */
export function layersOf(
  all: ReadonlyMap<string, Series>,
  containers: readonly ContainerSummary[],
): Record<Ranked, readonly ChartSeries[]> {
  const names = new Map(containers.map((each) => [each.Id, nameOf(each)]))
  const infra = new Set(containers.filter(({ IsInfra }) => IsInfra).map(({ Id }) => Id))
  const listed = new Map([...all].filter(([id]) => !infra.has(id)))
  const more = containers.some((each) => each.IsInfra && isActive(each)) || containers.filter(isActive).length > maxSeries
  const colors = new Map<string, number>()
  const layers = (field: Ranked): readonly ChartSeries[] => {
    const ids = rank(listed, field)
    const taken = new Set(ids.map((id) => colors.get(id)))
    const free = Array.from({ length: maxSeries }, (_each, index) => index + 1).filter((index) => !taken.has(index))
    for (const id of ids) if (!colors.has(id)) colors.set(id, free.shift() ?? 1)
    const own = ids
      .map((key) => ({ key, name: names.get(key) ?? key.slice(0, 12), color: `var(--berth-chart-${colors.get(key)})` }))
      .toSorted((a, b) => a.name.localeCompare(b.name))
    return more || listed.size > maxSeries
      ? [...own, { key: othersKey, name: _('Other containers'), color: 'var(--berth-chart-rest)' }]
      : own
  }
  return { cpu: layers('cpu'), memory: layers('memory') }
}

/**
 * Sums up the containers without a series of their own: what was recorded of all together, less those that are shown; the live ones
 * where nothing was recorded.
 */
export function fold({ times, values }: Aligned, shown: readonly ChartSeries[], total: readonly (number | undefined)[]): Aligned {
  const own = new Set(shown.map(({ key }) => key))
  if (!own.has(othersKey)) return { times, values }
  const mine = [...values].filter(([id]) => own.has(id))
  const others = [...values].filter(([id]) => !own.has(id)).map(([, line]) => line)
  const sum = (lines: readonly (readonly (number | undefined)[])[], at: number) =>
    lines.reduce<number | undefined>((all, line) => (line[at] === undefined ? all : (all ?? 0) + line[at]), undefined)
  const rest = times.map((_time, at) => {
    const live = sum(others, at)
    const recorded = total[at]
    if (recorded === undefined) return live
    return Math.max(
      live ?? 0,
      recorded -
        (sum(
          mine.map(([, line]) => line),
          at,
        ) ?? 0),
      0,
    )
  })
  return { times, values: new Map([...mine, [othersKey, rest]]) }
}
