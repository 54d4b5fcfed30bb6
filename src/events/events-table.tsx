import type { Event } from '../../engine/contract/index.ts'
import { shortId } from '../../engine/spec/name.ts'
import { linkTo } from '../hooks/route.ts'
import { formatMoment } from '../i18n/format.ts'
import { _, C_ } from '../i18n/gettext.ts'
import { healthText } from '../ui/container-state.tsx'
import { DataTable, type TableColumn } from '../ui/tables/data-table.tsx'
import { keyOf } from './event-list.ts'

/** Attributes that have a column of their own, or say nothing to a person. */
const shownElsewhere = new Set(['name', 'containerExitCode', 'exitCode', 'podId', 'image', 'PodID'])

const columns: readonly TableColumn<Event>[] = [
  { key: 'time', title: () => _('Time'), width: 14, nowrap: true, cell: ({ timeNano }) => <Moment nanoseconds={timeNano} /> },
  { key: 'type', title: () => _('Type'), width: 8, cell: ({ Type }) => typeTitle(Type) },
  {
    key: 'event',
    title: () => C_('events', 'Event'),
    width: 10,
    cell: ({ Action }) => <code className="berth-code">{Action}</code>,
  },
  {
    key: 'object',
    title: () => C_('events', 'Object'),
    className: 'berth-event-object',
    cell: ({ Type, Actor }) => <ObjectLink type={Type} id={Actor.ID} name={Actor.Attributes['name'] ?? ''} />,
  },
  {
    key: 'details',
    title: () => _('Details'),
    className: 'berth-event-object',
    cell: detailsOf,
  },
]

/** Events, one row each. */
export function EventsTable({ events }: { events: readonly Event[] }) {
  return (
    <DataTable
      label={_('Events')}
      scrollLabel={_('List of events')}
      className="berth-events"
      rows={events}
      columns={columns}
      keyOf={keyOf}
      estimate={41}
    />
  )
}

function Moment({ nanoseconds }: { nanoseconds: number }) {
  const time = new Date(nanoseconds / 1e6)
  return (
    <time dateTime={time.toISOString()} className="berth-number">
      {formatMoment(time)}
    </time>
  )
}

function ObjectLink({ type, id, name }: { type: string; id: string; name: string }) {
  const text = name || shortId(id)
  if (type === 'container') return <a href={linkTo(['containers', id])}>{text}</a>
  if (type === 'image') return <a href={linkTo(['images', name || id])}>{text}</a>
  if (type === 'pod') return <a href={linkTo(['containers', 'pods', name || id])}>{text}</a>
  if (type === 'volume' || type === 'network') return <a href={linkTo([`${type}s`, text])}>{text}</a>
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
    case 'secret':
      return C_('events', 'Secret')
    case 'system':
      return C_('events', 'System')
    default:
      return type
  }
}

function detailsOf({ Actor: { Attributes: attributes }, HealthStatus: health }: Event): string {
  const code = attributes['containerExitCode'] ?? attributes['exitCode']
  const rest = Object.entries(attributes).filter(([key, value]) => value !== '' && !shownElsewhere.has(key))
  return [
    ...(attributes['image'] ? [attributes['image']] : []),
    ...(health ? [healthText(health) ?? health] : []),
    ...(code === undefined ? [] : [`${_('Exit code')} ${code}`]),
    ...rest.map(([key, value]) => `${key}=${value}`),
  ].join(', ')
}
