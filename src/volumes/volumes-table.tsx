import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Table, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { memo, useMemo } from 'react'

import type { VolumeUsage } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { formatSize } from '../i18n/format.ts'
import { _, C_, format } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { ColumnWidths } from '../ui/tables/column-widths.tsx'
import { SortHeader } from '../ui/tables/sort-header.tsx'
import { TableScroll } from '../ui/tables/table-scroll.tsx'
import { VirtualBody } from '../ui/tables/virtual-body.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { useVolumeActions } from './volume-actions.tsx'
import type { VolumeRow, VolumeSort } from './volume-rows.ts'

interface VolumesTableProps {
  rows: readonly VolumeRow[]
  sort: VolumeSort
  onSort: (sort: VolumeSort) => void
}

/** The height of most rows, in pixels. */
const usualHeight = 49

const widths = [{}, { width: 8 }, { width: 8 }, { width: 16 }, { width: 9 }, { width: 4 }]

/** The volumes. Only rows in sight are rendered. */
export function VolumesTable({ rows, sort, onSort }: VolumesTableProps) {
  const keys = useMemo(() => rows.map(({ volume }) => volume.Name), [rows])
  return (
    <TableScroll>
      <Table
        role="table"
        aria-label={_('Volumes')}
        aria-rowcount={rows.length + 1}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="berth-table berth-volumes"
      >
        <ColumnWidths columns={widths} />
        <Thead>
          <Tr aria-rowindex={1}>
            <SortHeader name="name" sort={sort} onSort={onSort}>
              {_('Name')}
            </SortHeader>
            <Th>{_('Driver')}</Th>
            <SortHeader name="size" sort={sort} onSort={onSort} isNumber>
              {_('Size')}
            </SortHeader>
            <SortHeader name="used" sort={sort} onSort={onSort}>
              {_('Used by')}
            </SortHeader>
            <SortHeader name="created" sort={sort} onSort={onSort}>
              {_('Created')}
            </SortHeader>
            <Th screenReaderText={_('Actions')} className="berth-actions-cell" />
          </Tr>
        </Thead>
        <VirtualBody
          keys={keys}
          estimate={usualHeight}
          columns={6}
          row={(index, position) => <Row key={keys[index]} row={rows[index]!} position={position} />}
        />
      </Table>
    </TableScroll>
  )
}

const Row = memo(function Row({ row: { volume, usage }, position }: { row: VolumeRow; position: number }) {
  const groups = useVolumeActions()(volume)
  const { Name, Driver, Options, CreatedAt, Anonymous } = volume
  return (
    <Tr data-row={Name} aria-rowindex={position}>
      <Td dataLabel={_('Name')} className="berth-volume-cell">
        <a className="berth-name" title={Name} href={linkTo(['volumes', Name])}>
          {Anonymous ? Name.slice(0, 12) : Name}
        </a>
        {Anonymous && (
          <Label isCompact variant="outline">
            {_('Anonymous')}
          </Label>
        )}
      </Td>
      <Td dataLabel={_('Driver')}>
        {Driver}
        {Options['type'] !== undefined && <span className="berth-quiet"> ({Options['type']})</span>}
      </Td>
      <Td dataLabel={_('Size')} modifier="nowrap" className="berth-number-cell">
        {usage ? formatSize(usage.Size) : <span aria-hidden="true">–</span>}
      </Td>
      <Td dataLabel={_('Used by')}>
        <VolumeUsers usage={usage} />
      </Td>
      <Td dataLabel={_('Created')} modifier="nowrap">
        <TimeAgo value={CreatedAt} />
      </Td>
      <Td isActionCell className="berth-actions-cell">
        <div className="berth-row-actions">
          <ActionsMenu label={format(_('Actions for {name}'), { name: Name })} groups={groups} />
        </div>
      </Td>
    </Tr>
  )
})

const shown = 2

/** Links to the containers that mount a volume. */
export function VolumeUsers({ usage }: { usage: VolumeUsage | undefined }) {
  if (!usage) return <span aria-hidden="true">–</span>
  if (usage.Containers.length === 0) return <span className="berth-quiet">{C_('volumes', 'Unused')}</span>
  const more = usage.Containers.length - shown
  return (
    <div className="berth-used">
      {usage.Containers.slice(0, more === 1 ? shown + 1 : shown).map(({ Id, Name }) => (
        <a key={Id} href={linkTo(['containers', Id])}>
          {Name}
        </a>
      ))}
      {more > 1 && <a href={linkTo(['volumes', usage.Name])}>{format(_('{count} more'), { count: more })}</a>}
    </div>
  )
}
