import { Label } from '@patternfly/react-core/dist/esm/components/Label'

import { shortId } from '../../engine/spec/name.ts'
import { formatDuration, formatMoment, parseTime } from '../i18n/format.ts'
import { _, C_, format, ngettext } from '../i18n/gettext.ts'
import { DataTable, type TableColumn } from '../ui/tables/data-table.tsx'
import type { AuditRecord } from './use-audit.ts'
import { operationTitle } from './operation-titles.ts'
import { viaTitle } from './titles.ts'

const columns: readonly TableColumn<AuditRecord>[] = [
  { key: 'time', title: () => _('Time'), width: 13.5, nowrap: true, cell: ({ time }) => <Moment time={time} /> },
  { key: 'user', title: () => _('User'), width: 9, cell: (record) => <UserName record={record} /> },
  {
    key: 'operation',
    title: () => _('Operation'),
    cell: ({ operation }) => <Operation name={operation} />,
  },
  {
    key: 'object',
    title: () => C_('audit', 'Object'),
    className: 'berth-audit-object',
    cell: (record) => <AuditObject record={record} />,
  },
  { key: 'result', title: () => _('Result'), width: 11, cell: (record) => <AuditResult record={record} /> },
  {
    key: 'source',
    title: () => C_('audit', 'Source'),
    width: 8.5,
    cell: ({ via, address }) => (
      <>
        {viaTitle(via)}
        {address !== undefined && <div className="berth-quiet berth-small">{address}</div>}
      </>
    ),
  },
  { key: 'duration', title: () => _('Duration'), width: 6, isNumber: true, cell: ({ duration }) => formatDuration(duration) },
]
const withoutUser = columns.filter(({ key }) => key !== 'user')

/** The audit records, one row each. `allUsers` adds the column of users. */
export function AuditTable({ records, allUsers }: { records: readonly AuditRecord[]; allUsers: boolean }) {
  return (
    <DataTable
      label={_('Audit log')}
      scrollLabel={_('Audit records')}
      className="berth-audit"
      rows={records}
      columns={allUsers ? columns : withoutUser}
      keyOf={keyOf}
      estimate={60}
    />
  )
}

const keyOf = ({ id }: AuditRecord): string => String(id)

function Moment({ time }: { time: string }) {
  const moment = parseTime(time)
  return (
    <time dateTime={time} className="berth-number">
      {moment ? formatMoment(moment) : time}
    </time>
  )
}

/** What was done, and the name that files and the command line have for it. */
function Operation({ name }: { name: string }) {
  const title = operationTitle(name)
  const code = <code className={`berth-code${title === undefined ? '' : ' berth-quiet berth-audit-id'}`}>{name}</code>
  return (
    <>
      {title}
      {code}
    </>
  )
}

function UserName({ record: { user, uid, login } }: { record: AuditRecord }) {
  if (uid === undefined) return <span className="berth-placeholder">{_('Unknown user')}</span>
  return (
    <>
      <span className="berth-name">{user}</span>
      {login !== undefined && <div className="berth-quiet berth-small">{format(_('by {user} with sudo'), { user: login })}</div>}
    </>
  )
}

function AuditObject({ record: { object, objectId } }: { record: AuditRecord }) {
  if (object === undefined && objectId === undefined) return <span aria-hidden="true">–</span>
  return (
    <>
      {object}
      {objectId !== undefined && objectId !== object && (
        <code className="berth-code berth-quiet berth-audit-id" title={objectId}>
          {shortId(objectId)}
        </code>
      )}
    </>
  )
}

function AuditResult({ record: { result, source, missed } }: { record: AuditRecord }) {
  return (
    <div className="berth-marks">
      <Label isCompact color={result === 'ok' ? 'green' : 'red'}>
        {result === 'ok' ? C_('audit', 'Succeeded') : result}
      </Label>
      {source === 'own' && (
        <Label isCompact variant="outline" title={_('Recorded by the user’s own process, not by the audit service')}>
          {_('Unverified')}
        </Label>
      )}
      {missed !== undefined && (
        <Label isCompact color="orange">
          {ngettext('{n} earlier record was dropped', '{n} earlier records were dropped', missed)}
        </Label>
      )}
    </div>
  )
}
