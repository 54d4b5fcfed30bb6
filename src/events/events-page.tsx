import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import HistoryIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-history-icon'
import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { useStore } from '../hooks/use-store.ts'
import { _, ngettext } from '../i18n/gettext.ts'
import { EmptyView, NoResults } from '../ui/empty-states.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { matchesText, useEventFilter } from './event-filter.ts'
import { createEventList, maxEvents } from './event-list.ts'
import { EventsTable } from './events-table.tsx'
import { EventsToolbar } from './events-toolbar.tsx'

/** What happened to containers, images and the like, and what happens: new events appear at once. */
export function EventsPage() {
  const { engine } = useEngine()
  const filter = useEventFilter()
  const { kind, period, text } = filter
  const list = useMemo(() => createEventList(engine, period, kind === 'all' ? [] : [kind]), [engine, period, kind])
  const { events, more, error } = useStore(list)
  const shown = useMemo(() => events.filter((event) => matchesText(event, text)), [events, text])
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle beside={<span className="berth-quiet">{_('Live, newest first')}</span>}>{_('Events')}</PageTitle>
      {error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card">
        <EventsToolbar filter={filter} />
        <LiveRegion>{shown.length > 0 ? ngettext('{n} event', '{n} events', shown.length) : ''}</LiveRegion>
        {shown.length > 0 && <EventsTable events={shown} />}
        {more && (
          <p className="berth-more-rows berth-quiet">
            {ngettext('Only the newest {n} event is shown.', 'Only the newest {n} events are shown.', maxEvents)}
          </p>
        )}
        {shown.length === 0 && (events.length > 0 || filter.active) && <NoResults onClear={filter.clear} />}
        {events.length === 0 && !filter.active && (
          <EmptyView title={_('No events in this period')} icon={HistoryIcon}>
            {_('Starts, stops, pulls and all that happens to containers, images, pods and volumes is shown here.')}
          </EmptyView>
        )}
      </Card>
    </PageSection>
  )
}
