import { Table, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { memo, useMemo } from 'react'

import type { Event } from '../../engine/contract/index.ts'
import { shortId } from '../../engine/spec/name.ts'
import { linkTo } from '../hooks/route.ts'
import { formatMoment } from '../i18n/format.ts'
import { _, C_ } from '../i18n/gettext.ts'
import { ColumnWidths } from '../ui/tables/column-widths.tsx'
import { VirtualBody } from '../ui/tables/virtual-body.tsx'
import { keyOf } from './event-list.ts'

/** Attributes that have a column of their own, or say nothing to a person. */
const shownElsewhere = new Set(['name', 'containerExitCode', 'exitCode', 'podId', 'image', 'PodID'])

/** The height of most rows, in pixels. */
const usualHeight = 41

const widths = [{ width: 14 }, { width: 8 }, { width: 10 }, {}, {}]

/** Events, one row each; only those in sight are rendered. */
export function EventsTable({ events }: { events: readonly Event[] }) {
  const keys = useMemo(() => events.map(keyOf), [events])
  return (
    <Table
      role="table"
      aria-label={_('Events')}
      aria-rowcount={events.length + 1}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="berth-table berth-events"
    >
      <ColumnWidths columns={widths} />
      <Thead>
        <Tr aria-rowindex={1}>
          <Th>{_('Time')}</Th>
          <Th>{_('Type')}</Th>
          <Th>{C_('events', 'Event')}</Th>
          <Th>{C_('events', 'Object')}</Th>
          <Th>{_('Details')}</Th>
        </Tr>
      </Thead>
      <VirtualBody
        keys={keys}
        estimate={usualHeight}
        columns={5}
        row={(index, position) => <Row key={keys[index]} event={events[index]!} id={keys[index]!} position={position} />}
      />
    </Table>
  )
}

const Row = memo(function Row({ event, id, position }: { event: Event; id: string; position: number }) {
  const { Type, Action, Actor, timeNano } = event
  const time = new Date(timeNano / 1e6)
  return (
    <Tr data-row={id} aria-rowindex={position}>
      <Td dataLabel={_('Time')} modifier="nowrap">
        <time dateTime={time.toISOString()} className="berth-number">
          {formatMoment(time)}
        </time>
      </Td>
      <Td dataLabel={_('Type')}>{typeTitle(Type)}</Td>
      <Td dataLabel={C_('events', 'Event')}>
        <code className="berth-code">{Action}</code>
      </Td>
      <Td dataLabel={C_('events', 'Object')} className="berth-event-object">
        <ObjectLink type={Type} id={Actor.ID} name={Actor.Attributes['name'] ?? ''} />
      </Td>
      <Td dataLabel={_('Details')} className="berth-event-object">
        {detailsOf(Actor.Attributes)}
      </Td>
    </Tr>
  )
})

function ObjectLink({ type, id, name }: { type: string; id: string; name: string }) {
  const text = name || shortId(id)
  if (type === 'container') return <a href={linkTo(['containers', id])}>{text}</a>
  if (type === 'image') return <a href={linkTo(['images', name || id])}>{text}</a>
  return <>{text}</>
}

function typeTitle(type: string): string {
  switch (type) {
    case 'container':
      return _('Container')
    case 'image':
      return C_('events', 'Image')
    case 'pod':
      return C_('events', 'Pod')
    case 'volume':
      return C_('events', 'Volume')
    case 'network':
      return C_('events', 'Network')
    case 'system':
      return C_('events', 'System')
    default:
      return type
  }
}

function detailsOf(attributes: Record<string, string>): string {
  const code = attributes['containerExitCode'] ?? attributes['exitCode']
  const rest = Object.entries(attributes).filter(([key, value]) => value !== '' && !shownElsewhere.has(key))
  return [
    ...(attributes['image'] ? [attributes['image']] : []),
    ...(code === undefined ? [] : [`${_('Exit code')} ${code}`]),
    ...rest.map(([key, value]) => `${key}=${value}`),
  ].join(', ')
}
