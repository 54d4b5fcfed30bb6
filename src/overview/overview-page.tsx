import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'

import { useEngine } from '../engine/engine-context.tsx'
import { _ } from '../i18n/gettext.ts'
import { PageTitle } from '../ui/page-title.tsx'
import { CountCards } from './count-cards.tsx'
import { DamagedRecords } from './damaged-records.tsx'
import { HostCards } from './host-cards.tsx'
import { UsageCharts } from './usage-charts.tsx'

/** The overview of the host and its containers. */
export function OverviewPage() {
  const { info } = useEngine()
  const notes = info.berth?.notes ?? []
  return (
    <PageSection isFilled className="berth-overview" aria-labelledby="berth-title">
      <PageTitle>{info.host.hostname}</PageTitle>
      <DamagedRecords />
      <CountCards />
      <HostCards />
      {notes.length > 0 && (
        <Alert isInline component="h2" variant="info" title={_('Limitations')} isExpandable={notes.length > 2}>
          <ul className="berth-list">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Alert>
      )}
      <UsageCharts />
    </PageSection>
  )
}
