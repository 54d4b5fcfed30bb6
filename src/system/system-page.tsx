import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { useCallback } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { useCall } from '../hooks/use-call.ts'
import { _ } from '../i18n/gettext.ts'
import { ErrorAlert } from '../ui/dialogs/error-alert.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { ConfigurationFiles, Settings } from './configuration.tsx'
import { DiskCard } from './disk-card.tsx'
import { EngineCard, SearchCard } from './engine-cards.tsx'

/** The engine: its versions, its configuration and what that leads to, its disk use, and the care of its storage. */
export function SystemPage() {
  const { engine } = useEngine()
  const ask = useCallback((signal: AbortSignal) => engine['system.config']({}, { signal }), [engine])
  const { value, error, reload } = useCall(ask)
  return (
    <PageSection isFilled aria-labelledby="berth-title">
      <PageTitle>{_('System')}</PageTitle>
      {error && <ErrorAlert title={_('Failed to read the configuration')} error={error} onRetry={reload} />}
      <div className="berth-cards berth-cards-three">
        <EngineCard />
        <DiskCard />
        <SearchCard config={value} />
      </div>
      {value && <ConfigurationFiles files={value.Files} />}
      {value && <Settings settings={value.Settings} />}
    </PageSection>
  )
}
