import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useMemo, useState } from 'react'

import type { ContainerProcess } from '../../../engine/contract/index.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { formatMemory, formatPercent } from '../../i18n/format.ts'
import { _, C_, format, ngettext } from '../../i18n/gettext.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { EmptyView } from '../../ui/empty-states.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { type SortBy, SortHeader } from '../../ui/tables/sort-header.tsx'
import { TableSkeleton } from '../../ui/tables/table-skeleton.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { SignalProcessDialog } from '../dialogs/lazy.ts'
import { useProcesses } from './use-processes.ts'

type Column = 'pid' | 'user' | 'cpu' | 'memory' | 'started' | 'command'

const compare: Record<Column, (a: ContainerProcess, b: ContainerProcess) => number> = {
  pid: (a, b) => a.Pid - b.Pid,
  user: (a, b) => a.User.localeCompare(b.User),
  cpu: (a, b) => a.CPU - b.CPU,
  memory: (a, b) => a.Memory - b.Memory,
  started: (a, b) => a.Started.localeCompare(b.Started),
  command: (a, b) => a.Command.localeCompare(b.Command),
}

/** The processes of a container, live; a signal can be sent to each. */
export function ProcessesTab({ container }: { container: ContainerSummary }) {
  const running = container.State === 'running' || container.State === 'paused'
  const { processes, error } = useProcesses(container.Id, running)
  const [sort, setSort] = useState<SortBy<Column>>({ key: 'pid', descending: false })
  const rows = useMemo(() => {
    const sorted = (processes ?? []).toSorted((a, b) => compare[sort.key](a, b) || a.Pid - b.Pid)
    return sort.descending ? sorted.toReversed() : sorted
  }, [processes, sort])
  if (!running)
    return (
      <EmptyView title={_('The container is not running')}>
        {_('Processes are shown here while the container is running.')}
      </EmptyView>
    )
  return (
    <>
      {error && <ErrorAlert title={_('Failed to list the processes')} error={error} />}
      <LiveRegion>{processes ? ngettext('{n} process', '{n} processes', processes.length) : ''}</LiveRegion>
      {!processes && !error && <TableSkeleton columns={6} />}
      {processes && <ProcessTable container={container} rows={rows} sort={sort} onSort={setSort} />}
    </>
  )
}

interface ProcessTableProps {
  container: ContainerSummary
  rows: readonly ContainerProcess[]
  sort: SortBy<Column>
  onSort: (sort: SortBy<Column>) => void
}

function ProcessTable({ container, rows, sort, onSort }: ProcessTableProps) {
  const head = (name: Column, title: string, isNumber = false) => (
    <SortHeader name={name} sort={sort} onSort={onSort} isNumber={isNumber}>
      {title}
    </SortHeader>
  )
  return (
    <div className="berth-table-scroll">
      <Table aria-label={_('Processes')} variant="compact" gridBreakPoint="" className="berth-table berth-processes">
        <Thead>
          <Tr>
            {head('pid', _('PID'), true)}
            {head('user', _('User'))}
            {head('cpu', _('CPU'), true)}
            {head('memory', _('Memory'), true)}
            {head('started', _('Started'))}
            <Th modifier="nowrap">{C_('process', 'State')}</Th>
            {head('command', _('Command'))}
            <Th screenReaderText={_('Actions')} />
          </Tr>
        </Thead>
        <Tbody>
          {rows.map((process) => (
            <ProcessRow key={`${process.Pid} ${process.Command}`} container={container} process={process} />
          ))}
        </Tbody>
      </Table>
    </div>
  )
}

function ProcessRow({ container, process }: { container: ContainerSummary; process: ContainerProcess }) {
  const { open } = useDialogs()
  const { Pid, User, CPU, Memory, Started, State, Command } = process
  const signal = () => open((close) => <SignalProcessDialog container={container} process={process} onClose={close} />)
  return (
    <Tr>
      <Td className="berth-number-cell">{Pid}</Td>
      <Td>{User}</Td>
      <Td className="berth-number-cell">{formatPercent(CPU)}</Td>
      <Td className="berth-number-cell">{formatMemory(Memory)}</Td>
      <Td modifier="nowrap">
        <TimeAgo value={Started} />
      </Td>
      <Td modifier="nowrap">{stateText(State)}</Td>
      <Td className="berth-process-command">
        <code title={Command}>{Command}</code>
      </Td>
      <Td isActionCell>
        <ActionsMenu
          label={format(_('Actions for process {pid}'), { pid: Pid })}
          groups={[[{ key: 'signal', title: _('Send signal…'), run: signal }]]}
        />
      </Td>
    </Tr>
  )
}

/** The state's letter of proc_pid_stat(5) in a word. */
function stateText(letter: string): string {
  switch (letter) {
    case 'R':
      return C_('process', 'Running')
    case 'S':
    case 'I':
      return C_('process', 'Sleeping')
    case 'D':
      return C_('process', 'Waiting for I/O')
    case 'T':
    case 't':
      return C_('process', 'Stopped')
    case 'Z':
      return C_('process', 'Zombie')
    default:
      return letter
  }
}
