import { Table, Tbody, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useMemo } from 'react'

import { _ } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { SortHeader } from '../ui/tables/sort-header.tsx'
import { useContainerActions } from './container-actions.tsx'
import { ContainerRow } from './container-row.tsx'
import type { Sort } from './filtering.ts'
import { GroupHeader } from './group-header.tsx'
import type { Group } from './grouping.ts'

interface ContainersTableProps {
  groups: readonly Group[]
  /** All containers: infra containers hold their pods' ports. */
  all: readonly ContainerSummary[]
  sort: Sort
  onSort: (sort: Sort) => void
}

const columns = 8

/** All containers in one table, grouped by pod and compose project. */
export function ContainersTable({ groups, all, sort, onSort }: ContainersTableProps) {
  const actionsOf = useContainerActions()
  const infra = useMemo(() => new Map(all.filter(({ IsInfra }) => IsInfra).map((container) => [container.Pod, container])), [all])
  return (
    <Table role="table" aria-label={_('Containers')} variant="compact" gridBreakPoint="grid-lg" className="berth-table">
      <Thead>
        <Tr>
          <SortHeader name="name" sort={sort} onSort={onSort}>
            {_('Name')}
          </SortHeader>
          <SortHeader name="image" sort={sort} onSort={onSort}>
            {_('Image')}
          </SortHeader>
          <SortHeader name="state" sort={sort} onSort={onSort}>
            {_('State')}
          </SortHeader>
          <SortHeader name="cpu" sort={sort} onSort={onSort}>
            {_('CPU')}
          </SortHeader>
          <SortHeader name="memory" sort={sort} onSort={onSort}>
            {_('Memory')}
          </SortHeader>
          <Th>{_('Ports')}</Th>
          <SortHeader name="started" sort={sort} onSort={onSort}>
            {_('Started')}
          </SortHeader>
          <Th screenReaderText={_('Actions')} />
        </Tr>
      </Thead>
      {groups.map((group) => (
        <Tbody key={group.key}>
          {group.kind !== 'alone' && <GroupHeader group={group} columns={columns} infra={infra.get(group.key)} />}
          {group.containers.map((container) => (
            <ContainerRow key={container.Id} container={container} actionsOf={actionsOf} />
          ))}
        </Tbody>
      ))}
    </Table>
  )
}
