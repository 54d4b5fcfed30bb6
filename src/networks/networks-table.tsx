import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Table, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { memo, useMemo } from 'react'

import { nameOf } from '../engine/container-summary.ts'
import type { ContainerSummary, Network } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { _, format } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { ColumnWidths } from '../ui/tables/column-widths.tsx'
import { TableScroll } from '../ui/tables/table-scroll.tsx'
import { VirtualBody } from '../ui/tables/virtual-body.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { useNetworkActions } from './network-actions.tsx'
import type { NetworkRow } from './network-rows.ts'

/** The height of most rows, in pixels. */
const usualHeight = 49

const widths = [{}, { width: 8 }, { width: 14 }, { width: 18 }, { width: 9 }, { width: 4 }]

/** The networks. Only rows in sight are rendered. */
export function NetworksTable({ rows }: { rows: readonly NetworkRow[] }) {
  const keys = useMemo(() => rows.map(({ network }) => network.id), [rows])
  return (
    <TableScroll>
      <Table
        role="table"
        aria-label={_('Networks')}
        aria-rowcount={rows.length + 1}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="berth-table berth-networks"
      >
        <ColumnWidths columns={widths} />
        <Thead>
          <Tr aria-rowindex={1}>
            <Th>{_('Name')}</Th>
            <Th>{_('Driver')}</Th>
            <Th>{_('Subnets')}</Th>
            <Th>{_('Containers')}</Th>
            <Th>{_('Created')}</Th>
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

const Row = memo(function Row({ row: { network, containers }, position }: { row: NetworkRow; position: number }) {
  const groups = useNetworkActions()(network)
  const { name, id, driver, subnets, created } = network
  return (
    <Tr data-row={id} aria-rowindex={position}>
      <Td dataLabel={_('Name')} className="berth-volume-cell">
        <a className="berth-name" title={name} href={linkTo(['networks', name])}>
          {name}
        </a>{' '}
        <NetworkMarks network={network} />
      </Td>
      <Td dataLabel={_('Driver')}>{driver}</Td>
      <Td dataLabel={_('Subnets')}>
        {subnets && subnets.length > 0 ? (
          subnets.map(({ subnet }) => <div key={subnet}>{subnet}</div>)
        ) : (
          <span aria-hidden="true">–</span>
        )}
      </Td>
      <Td dataLabel={_('Containers')}>
        <Members network={name} containers={containers} />
      </Td>
      <Td dataLabel={_('Created')} modifier="nowrap">
        <TimeAgo value={created} />
      </Td>
      <Td isActionCell className="berth-actions-cell">
        <div className="berth-row-actions">
          {groups.length > 0 && <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />}
        </div>
      </Td>
    </Tr>
  )
})

/** What is special about a network. */
export function NetworkMarks({ network: { internal, read_only: readOnly } }: { network: Network }) {
  return (
    <>
      {internal && (
        <Label isCompact variant="outline">
          {_('Internal')}
        </Label>
      )}
      {readOnly === true && (
        <Label isCompact variant="outline">
          {_('Read-only')}
        </Label>
      )}
    </>
  )
}

const shown = 3

function Members({ network, containers }: { network: string; containers: readonly ContainerSummary[] }) {
  if (containers.length === 0) return <span className="berth-quiet">{_('None')}</span>
  const more = containers.length - shown
  return (
    <div className="berth-used">
      {containers.slice(0, more === 1 ? shown + 1 : shown).map((container) => (
        <a key={container.Id} href={linkTo(['containers', container.Id])}>
          {nameOf(container)}
        </a>
      ))}
      {more > 1 && <a href={linkTo(['networks', network])}>{format(_('{count} more'), { count: more })}</a>}
    </div>
  )
}
