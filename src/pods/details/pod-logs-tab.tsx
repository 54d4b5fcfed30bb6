import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import { useMemo } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { useQuery } from '../../hooks/route.ts'
import { _ } from '../../i18n/gettext.ts'
import { useContainerLog } from '../../ui/logs/container-log.ts'
import { LogView } from '../../ui/logs/log-view.tsx'
import { createRecentLog, type LogMember } from '../../ui/logs/recent-log.ts'
import { usePodDownload } from './pod-download.ts'

type Member = PodSummary['Containers'][number]

/** The logs of all a pod's containers, line by line in the order of time, or that of one. */
export function PodLogsTab({ pod }: { pod: PodSummary }) {
  const members = pod.Containers.filter(({ Id }) => Id !== pod.InfraId)
  const [name, setName] = useQuery('container', '')
  const chosen = members.find(({ Names }) => Names === name)
  const select = (
    <ToolbarItem>
      <FormSelect
        className="berth-log-container"
        aria-label={_('Container')}
        value={chosen?.Names ?? ''}
        onChange={(_event, next) => setName(next)}
      >
        <FormSelectOption value="" label={_('All containers')} />
        {members.map(({ Names }) => (
          <FormSelectOption key={Names} value={Names} label={Names} />
        ))}
      </FormSelect>
    </ToolbarItem>
  )
  return chosen ? (
    <OneLog key={chosen.Id} container={chosen}>
      {select}
    </OneLog>
  ) : (
    <AllLogs pod={pod} members={members}>
      {select}
    </AllLogs>
  )
}

function OneLog({ container: { Id, Names, Status }, children }: { container: Member; children: React.ReactNode }) {
  const log = useContainerLog(Id)
  return (
    <LogView label={_('Logs of the pod')} {...log} startedAt={Status} fileName={Names}>
      {children}
    </LogView>
  )
}

interface AllLogsProps {
  pod: PodSummary
  members: readonly Member[]
  children: React.ReactNode
}

function AllLogs({ pod, members, children }: AllLogsProps) {
  const { engine } = useEngine()
  // Every change of the pod makes another list of the same containers.
  const key = JSON.stringify(members.map(({ Id, Names }) => [Id, Names]))
  const read = useMemo(() => membersOf(JSON.parse(key) as [string, string][]), [key])
  const open = useMemo(() => createRecentLog.bind(undefined, engine, read), [engine, read])
  const download = usePodDownload(read)
  return (
    <LogView
      label={_('Logs of the pod')}
      open={open}
      startedAt={members.map(({ Status }) => Status).join(' ')}
      expressions={false}
      fileName={pod.Name}
      download={download}
    >
      {children}
    </LogView>
  )
}

const membersOf = (members: readonly [string, string][]): Required<LogMember>[] =>
  members.map(([id, name], index) => ({ id, writer: { name, color: `var(--berth-chart-${(index % 8) + 1})` } }))
