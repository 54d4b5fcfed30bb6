import { nameOf } from '../../engine/container-summary.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { _ } from '../../i18n/gettext.ts'
import { useContainerLog } from '../../ui/logs/container-log.ts'
import { LogView } from '../../ui/logs/log-view.tsx'

/** The output of a container: all of it, from both ends, live. */
export function LogsTab({ container }: { container: ContainerSummary }) {
  const { Id, StartedAt, RestartAt } = container
  const log = useContainerLog(Id)
  return <LogView label={_('Log')} {...log} startedAt={StartedAt} goesOn={RestartAt !== undefined} fileName={nameOf(container)} />
}
