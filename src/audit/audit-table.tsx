import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Table, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { memo, useMemo } from 'react'

import { shortId } from '../../engine/spec/name.ts'
import { formatDuration, formatMoment, parseTime } from '../i18n/format.ts'
import { _, C_, format, ngettext } from '../i18n/gettext.ts'
import { ColumnWidths } from '../ui/tables/column-widths.tsx'
import { TableScroll } from '../ui/tables/table-scroll.tsx'
import { VirtualBody } from '../ui/tables/virtual-body.tsx'
import type { AuditRecord } from './use-audit.ts'
import { operationTitle, viaTitle } from './titles.ts'

/** The height of most rows, in pixels. */
const usualHeight = 60

/** The second is that of users. */
const widths = [{ width: 13 }, { width: 9 }, {}, {}, { width: 11 }, { width: 9.5 }, { width: 7 }]

/** The audit records, one row each; only those in sight are rendered. `allUsers` adds the column of users. */
export function AuditTable({ records, allUsers }: { records: readonly AuditRecord[]; allUsers: boolean }) {
  const keys = useMemo(() => records.map(({ id }) => String(id)), [records])
  return (
    <TableScroll label={_('Audit records')}>
      <Table
        role="table"
        aria-label={_('Audit log')}
        aria-rowcount={records.length + 1}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="berth-table berth-audit"
      >
        <ColumnWidths columns={allUsers ? widths : widths.toSpliced(1, 1)} />
        <Thead>
          <Tr aria-rowindex={1}>
            <Th>{_('Time')}</Th>
            {allUsers && <Th>{_('User')}</Th>}
            <Th>{_('Operation')}</Th>
            <Th>{C_('audit', 'Object')}</Th>
            <Th>{_('Result')}</Th>
            <Th>{C_('audit', 'Source')}</Th>
            <Th modifier="nowrap" className="berth-number-cell">
              {_('Duration')}
            </Th>
          </Tr>
        </Thead>
        <VirtualBody
          keys={keys}
          estimate={usualHeight}
          columns={allUsers ? 7 : 6}
          row={(index, position) => <Row key={keys[index]} record={records[index]!} position={position} allUsers={allUsers} />}
        />
      </Table>
    </TableScroll>
  )
}

const Row = memo(function Row({ record, position, allUsers }: { record: AuditRecord; position: number; allUsers: boolean }) {
  const { time, operation, duration, via, address } = record
  const moment = parseTime(time)
  return (
    <Tr data-row={String(record.id)} aria-rowindex={position}>
      <Td dataLabel={_('Time')}>
        <time dateTime={time} className="berth-number">
          {moment ? formatMoment(moment) : time}
        </time>
      </Td>
      {allUsers && (
        <Td dataLabel={_('User')}>
          <UserName record={record} />
        </Td>
      )}
      <Td dataLabel={_('Operation')}>{operationTitle(operation) ?? <code className="berth-code">{operation}</code>}</Td>
      <Td dataLabel={C_('audit', 'Object')} className="berth-audit-object">
        <AuditObject record={record} />
      </Td>
      <Td dataLabel={_('Result')}>
        <AuditResult record={record} />
      </Td>
      <Td dataLabel={C_('audit', 'Source')}>
        {viaTitle(via)}
        {address !== undefined && <div className="berth-quiet berth-small">{address}</div>}
      </Td>
      <Td dataLabel={_('Duration')} modifier="nowrap" className="berth-number-cell">
        {formatDuration(duration)}
      </Td>
    </Tr>
  )
})

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
      {objectId !== undefined && (
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
