import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'

import { useEngine } from '../lib/engine-context.tsx'
import { _ } from '../lib/gettext.ts'
import { PageTitle } from '../ui/page-title.tsx'
import { CountCards } from './count-cards.tsx'
import { HostCards } from './host-cards.tsx'
import { UseCharts } from './use-charts.tsx'

/** The host and what its containers do, at a glance. */
export function OverviewPage() {
  const { info } = useEngine()
  const notes = info.berth?.notes ?? []
  return (
    <PageSection isFilled className="berth-overview" aria-labelledby="berth-title">
      <PageTitle>{info.host.hostname}</PageTitle>
      <CountCards />
      <HostCards />
      {notes.length > 0 && (
        <Alert isInline component="h2" variant="info" title={_('What this host cannot do')} isExpandable={notes.length > 2}>
          <ul className="berth-list">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Alert>
      )}
      <UseCharts />
    </PageSection>
  )
}
