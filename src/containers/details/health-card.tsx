import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { useState } from 'react'

import type { ContainerSummary } from '../../engine/live/live-data.ts'
import type { Health } from '../../../engine/contract/index.ts'
import { isActive } from '../../engine/container-summary.ts'
import { formatNumber } from '../../i18n/format.ts'
import { _, C_, format, ngettext } from '../../i18n/gettext.ts'
import { Properties } from '../../ui/properties.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useHealthCheck } from '../use-health-check.ts'

interface HealthCardProps {
  health: Health
  container: ContainerSummary
  onChecked: () => void
}

/** How well a container is: its state, and what the last checks found; a check can be run now. */
export function HealthCard({ health, container, onChecked }: HealthCardProps) {
  const check = useHealthCheck()
  const [busy, setBusy] = useState(false)
  const results = health.Log ?? []
  const run = async () => {
    setBusy(true)
    await check(container)
    setBusy(false)
    onChecked()
  }
  return (
    <Properties title={_('Health check')}>
      <div className="berth-health-head">
        <HealthLabel status={health.Status} />
        {health.FailingStreak > 0 && (
          <span className="berth-quiet">{ngettext('{n} failure in a row', '{n} failures in a row', health.FailingStreak)}</span>
        )}
        {isActive(container) && (
          <Button variant="secondary" size="sm" isLoading={busy} isDisabled={busy} onClick={() => void run()}>
            {_('Run now')}
          </Button>
        )}
      </div>
      {results.length > 0 && (
        <ul className="berth-health-log" aria-label={_('Results of the health check')} tabIndex={0}>
          {results.toReversed().map((result) => (
            <ResultLine key={`${result.Start} ${result.End}`} result={result} />
          ))}
        </ul>
      )}
    </Properties>
  )
}

function ResultLine({ result: { Start, ExitCode, Output } }: { result: NonNullable<Health['Log']>[number] }) {
  return (
    <li>
      <div className="berth-health-result">
        <Label isCompact status={ExitCode === 0 ? 'success' : 'danger'}>
          {ExitCode === 0 ? C_('health', 'Passed') : format(C_('health', 'Failed ({code})'), { code: formatNumber(ExitCode) })}
        </Label>
        <TimeAgo value={Start} />
      </div>
      {Output.trim() !== '' && <pre className="berth-code">{Output.trimEnd()}</pre>}
    </li>
  )
}

function HealthLabel({ status }: { status: string }) {
  switch (status) {
    case 'healthy':
      return <Label status="success">{C_('health', 'Healthy')}</Label>
    case 'unhealthy':
      return <Label status="danger">{C_('health', 'Unhealthy')}</Label>
    case 'starting':
      return <Label status="info">{C_('health', 'Starting')}</Label>
    case 'stopped':
      return <Label>{C_('health', 'Stopped')}</Label>
    default:
      return <Label>{status}</Label>
  }
}
