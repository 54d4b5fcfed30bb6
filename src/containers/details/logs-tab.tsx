import { useMemo } from 'react'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { _ } from '../../i18n/gettext.ts'
import { containerLog } from '../../ui/logs/container-log.ts'
import { useContainerDownload } from '../../ui/logs/container-download.ts'
import { LogView } from '../../ui/logs/log-view.tsx'

/** The output of a container: all of it, from both ends, live. */
export function LogsTab({ container }: { container: ContainerSummary }) {
  const { engine, can } = useEngine()
  const { Id, StartedAt, RestartAt } = container
  const onHost = can.does('container.logFollow')
  const open = useMemo(() => containerLog(engine, Id, onHost), [engine, Id, onHost])
  const download = useContainerDownload(Id)
  return (
    <LogView
      label={_('Log')}
      open={open}
      startedAt={StartedAt}
      goesOn={RestartAt !== undefined}
      expressions={onHost}
      fileName={nameOf(container)}
      download={download}
    />
  )
}
