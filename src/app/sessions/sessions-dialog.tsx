import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal'
import { ModalBoxCloseButton } from '@patternfly/react-core/dist/esm/components/Modal/ModalBoxCloseButton'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import type { ListedSession, Sessions } from 'cockpit-ts-bridge/client'
import { useEffect, useId, useState } from 'react'

import { formatNumber } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { FirstFocus } from '../../ui/dialogs/first-focus.tsx'
import { TableSkeleton } from '../../ui/tables/table-skeleton.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { browserName } from './browser-name.ts'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'

interface SessionsDialogProps {
  sessions: Sessions
  onLogOut: () => void
  onClose: () => void
}

/** Lists the account's login sessions at this console; each can be ended. */
export function SessionsDialog({ sessions, onLogOut, onClose }: SessionsDialogProps) {
  const id = useId()
  const [list, setList] = useState<readonly ListedSession[]>()
  const [error, setError] = useState<unknown>()
  useEffect(() => sessions.watch(setList), [sessions])
  const attempt = (work: Promise<void>) => {
    setError(undefined)
    work.catch(setError)
  }
  const end = (session: ListedSession) => (session.current ? onLogOut() : attempt(sessions.end(session.id)))
  const others = list?.filter(({ current }) => !current).length ?? 0
  return (
    <Modal isOpen variant="large" onEscapePress={onClose} aria-labelledby={id} className="berth-dialog">
      <ModalHeader
        title={_('Sessions')}
        labelId={id}
        description={_(
          'Where your account is logged in to this console. Ending a session closes its pages; containers keep running.',
        )}
      />
      <ModalBody>
        {error !== undefined && <ErrorAlert title={_('Failed to end the session')} error={error} />}
        {list ? <SessionsTable list={list} onEnd={end} /> : <TableSkeleton columns={6} />}
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={onClose}>
          {_('Close')}
        </Button>
        <Button variant="secondary" isDanger isDisabled={others === 0} onClick={() => attempt(sessions.endOthers())}>
          {_('End all other sessions')}
        </Button>
      </ModalFooter>
      <ModalBoxCloseButton aria-label={_('Close')} onClose={onClose} />
      <FirstFocus danger />
    </Modal>
  )
}

function SessionsTable({ list, onEnd }: { list: readonly ListedSession[]; onEnd: (session: ListedSession) => void }) {
  return (
    <TableScroll>
      <Table role="table" aria-label={_('Sessions')} variant="compact" gridBreakPoint="grid-lg" className="berth-table">
        <Thead>
          <Tr>
            <Th>{_('Browser')}</Th>
            <Th>{_('Address')}</Th>
            <Th>{_('Logged in')}</Th>
            <Th>{_('Last activity')}</Th>
            <Th modifier="nowrap">{_('Open pages')}</Th>
            <Th screenReaderText={_('Actions')} />
          </Tr>
        </Thead>
        <Tbody>
          {list.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => onEnd(session)} />
          ))}
        </Tbody>
      </Table>
    </TableScroll>
  )
}

function SessionRow({ session, onEnd }: { session: ListedSession; onEnd: () => void }) {
  const browser = browserName(session.browser)
  return (
    <Tr>
      <Td dataLabel={_('Browser')}>
        <span title={session.browser}>{browser}</span>{' '}
        {session.current && (
          <Label isCompact color="blue">
            {_('Current session')}
          </Label>
        )}
      </Td>
      <Td dataLabel={_('Address')}>{session.address}</Td>
      <Td dataLabel={_('Logged in')}>
        <TimeAgo value={session.since / 1000} />
      </Td>
      <Td dataLabel={_('Last activity')}>
        <TimeAgo value={session.active / 1000} />
      </Td>
      <Td dataLabel={_('Open pages')}>{formatNumber(session.pages)}</Td>
      <Td>
        <div className="berth-row-actions">
          <Button
            variant="secondary"
            size="sm"
            onClick={onEnd}
            aria-label={format(_('End session: {browser} from {address}'), { browser, address: session.address })}
          >
            {_('End session')}
          </Button>
        </div>
      </Td>
    </Tr>
  )
}
