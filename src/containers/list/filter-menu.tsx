import { Badge } from '@patternfly/react-core/dist/esm/components/Badge'
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import FilterIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-filter-icon'
import { useId, useMemo, useState } from 'react'

import { _, format } from '../../i18n/gettext.ts'
import { formatNumber } from '../../i18n/format.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { PanelGroup, PanelMenu } from '../../ui/panel-menu.tsx'
import { type ContainerFilter, type FilterKind, filterKinds, valuesOf } from '../filtering.ts'
import { kindTitle, valueTitle } from './filter-titles.ts'

interface FilterMenuProps {
  containers: readonly ContainerSummary[]
  filter: ContainerFilter
  onToggle: (kind: FilterKind, value: string) => void
}

/** Values shown of each kind; the search finds the others. */
const shownValues = 20

/** A panel of all states, images, pods and labels that there are, to filter by. */
export function FilterMenu(props: FilterMenuProps) {
  const count = filterKinds.reduce((sum, kind) => sum + props.filter[kind].length, 0)
  return (
    <PanelMenu
      label={_('Filter')}
      icon={<FilterIcon />}
      badge={count > 0 ? <Badge isRead>{formatNumber(count)}</Badge> : undefined}
    >
      {() => <Choices {...props} />}
    </PanelMenu>
  )
}

function Choices({ containers, filter, onToggle }: FilterMenuProps) {
  const id = useId()
  const [search, setSearch] = useState('')
  const counts = useMemo(() => countValues(containers), [containers])
  const word = search.trim().toLowerCase()
  const groups = filterKinds
    .map((kind) => ({ kind, ...matching(kind, counts[kind], filter[kind], word) }))
    .filter(({ values }) => values.length > 0)
  return (
    <>
      <TextInput
        type="search"
        value={search}
        aria-label={_('Find a filter')}
        placeholder={_('Find a filter…')}
        onChange={(_event, text) => setSearch(text)}
      />
      {groups.map(({ kind, values, more }) => (
        <PanelGroup key={kind} title={kindTitle[kind]()}>
          {values.map(([value, count]) => (
            <Checkbox
              key={value}
              id={`${id}-${kind}-${value}`}
              isChecked={filter[kind].includes(value)}
              onChange={() => onToggle(kind, value)}
              label={
                <>
                  <span className="berth-filter-value">{valueTitle(kind, value)}</span>{' '}
                  <span className="berth-quiet berth-number">{formatNumber(count)}</span>
                </>
              }
            />
          ))}
          {more > 0 && (
            <p className="berth-quiet berth-small">
              {format(_('{count} more. Type to find them.'), { count: formatNumber(more) })}
            </p>
          )}
        </PanelGroup>
      ))}
      {groups.length === 0 && <p className="berth-quiet">{_('No results found')}</p>}
    </>
  )
}

type Counts = Record<FilterKind, ReadonlyMap<string, number>>

/** How many containers have each value. */
function countValues(containers: readonly ContainerSummary[]): Counts {
  const of = (kind: FilterKind) => {
    const counts = new Map<string, number>()
    for (const container of containers) {
      if (container.IsInfra) continue
      for (const value of valuesOf[kind](container)) counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    return counts
  }
  return { status: of('status'), image: of('image'), pod: of('pod'), label: of('label') }
}

/** The chosen values first, then those of most containers. */
function matching(kind: FilterKind, counts: ReadonlyMap<string, number>, chosen: readonly string[], word: string) {
  const gone = chosen.filter((value) => !counts.has(value)).map((value): [string, number] => [value, 0])
  const found = [...gone, ...counts].filter(
    ([value]) => value.toLowerCase().includes(word) || valueTitle(kind, value).toLowerCase().includes(word),
  )
  const rank = ([value, count]: readonly [string, number]) => (chosen.includes(value) ? Infinity : count)
  const sorted = found.toSorted((a, b) => (rank(b) === rank(a) ? a[0].localeCompare(b[0]) : rank(b) - rank(a)))
  return { values: sorted.slice(0, shownValues), more: Math.max(0, sorted.length - shownValues) }
}
