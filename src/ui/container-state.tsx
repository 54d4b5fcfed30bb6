import CheckpointIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-pause-circle-fill-icon'
import MemoryIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-error-fill-icon'
import StopIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-stop-circle-fill-icon'
import RestartIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-warning-fill-icon'

import { clock } from '../engine/clock.ts'
import { insteadOfState, wasStopped } from '../engine/container-summary.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { useSelected } from '../hooks/use-store.ts'
import { C_, format, ngettext } from '../i18n/gettext.ts'
import { PlainLabel } from './plain-label.tsx'
import { StateLabel } from './state-label.tsx'
import { TimeAgo } from './time-ago.tsx'

interface ContainerStateProps {
  container: ContainerSummary
  /** The running operation. */
  busy?: string
  /** Whether a second line says since when, or how it is. */
  withNote?: boolean
}

/** The state of a container: what it does, and how it came to that. */
export function ContainerState({ container, busy, withNote = false }: ContainerStateProps) {
  // In a crash loop steadily the same, whether the container runs at this moment or waits.
  const other = useSelected(clock, (now) => insteadOfState(container, now.getTime() / 1000))
  return (
    <>
      <MainLabel container={container} busy={busy} other={other} />
      {withNote && busy === undefined && <StateNote container={container} restarting={other === 'restarting'} />}
    </>
  )
}

interface MainLabelProps {
  container: ContainerSummary
  busy?: string
  /** What is shown instead of its state. */
  other: ReturnType<typeof insteadOfState>
}

function MainLabel({ container, busy, other }: MainLabelProps) {
  const { State, ExitCode, Restarts } = container
  if (busy !== undefined) return <StateLabel state={State} busy={busy} />
  if (other === 'restarting')
    return (
      <PlainLabel color="orange" icon={<RestartIcon />}>
        {format(C_('state', 'Restarting ({count})'), { count: Restarts })}
      </PlainLabel>
    )
  if (other === 'checkpointed')
    return (
      <PlainLabel color="blue" icon={<CheckpointIcon />}>
        {C_('state', 'Checkpointed')}
      </PlainLabel>
    )
  if (other === 'out-of-memory')
    return (
      <PlainLabel color="red" icon={<MemoryIcon />}>
        {C_('state', 'Out of memory')}
      </PlainLabel>
    )
  if (wasStopped(container))
    return (
      <PlainLabel color="grey" icon={<StopIcon />}>
        {format(C_('state', 'Exited ({code})'), { code: ExitCode })}
      </PlainLabel>
    )
  return <StateLabel state={State} exitCode={ExitCode} />
}

/** Since when it has ended; how healthy it is, and how often it was restarted. */
function StateNote({ container, restarting }: { container: ContainerSummary; restarting: boolean }) {
  const { State, Status, ExitedAt, Restarts } = container
  const over = State === 'exited' || State === 'stopped'
  const health = over ? undefined : healthText(Status)
  const restarts = Restarts > 0 && !restarting ? ngettext('{n} restart', '{n} restarts', Restarts) : undefined
  if (over && ExitedAt > 0)
    return (
      <div className="berth-quiet berth-state-note">
        <TimeAgo value={ExitedAt} />
      </div>
    )
  if (health === undefined && restarts === undefined) return null
  return (
    <div className={`${Status === 'unhealthy' ? 'berth-unhealthy' : 'berth-quiet'} berth-state-note`}>
      {[health, restarts].filter((each) => each !== undefined).join(' · ')}
    </div>
  )
}

/** What a health check's result is called; `undefined` for one that is not known. */
export function healthText(status: string): string | undefined {
  switch (status) {
    case 'healthy':
      return C_('health', 'Healthy')
    case 'unhealthy':
      return C_('health', 'Unhealthy')
    case 'starting':
      return C_('health', 'Health check starting')
    default:
      return undefined
  }
}
