import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import HistoryIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-history-icon'

import { useEngine } from '../engine/engine-context.tsx'
import { _, ngettext } from '../i18n/gettext.ts'
import { useDebounced } from '../hooks/use-debounced.ts'
import { ErrorView, NoResults, EmptyView } from '../ui/empty-states.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { TableSkeleton } from '../ui/tables/table-skeleton.tsx'
import { useAuditFilter } from './audit-filter.ts'
import { AuditTable } from './audit-table.tsx'
import { AuditToolbar } from './audit-toolbar.tsx'
import { useAudit } from './use-audit.ts'

/** Milliseconds after the last keystroke until the query is sent. */
const typingDelay = 300

/** The audit log: of all users for an administrator, otherwise of the own user. New records appear as they are written. */
export function AuditPage() {
  const filters = useAuditFilter()
  const { records, error, older, loading, more, reload } = useAudit(useDebounced(filters.filter, typingDelay))
  const allUsers = !useEngine().info.host.security.rootless
  if (!records && error) return <ErrorView title={_('Failed to read the audit log')} message={error.message} onRetry={reload} />
  const none = records?.length === 0
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle
        beside={
          <span className="berth-quiet">
            {allUsers ? _('Actions of all users, newest first') : _('Your actions, newest first')}
          </span>
        }
      >
        {_('Audit log')}
      </PageTitle>
      {error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card">
        {!(none && !filters.active) && <AuditToolbar filters={filters} allUsers={allUsers} />}
        <LiveRegion>{records && records.length > 0 ? ngettext('{n} row', '{n} rows', records.length) : ''}</LiveRegion>
        {!records && <TableSkeleton columns={6} />}
        {records && records.length > 0 && <AuditTable records={records} allUsers={allUsers} />}
        {older && (
          <div className="berth-more-rows">
            <Button variant="link" isInline isLoading={loading} isDisabled={loading} onClick={() => void more()}>
              {_('Show older records')}
            </Button>
          </div>
        )}
        {none && filters.active && <NoResults onClear={filters.clear} />}
        {none && !filters.active && (
          <EmptyView title={_('No audit records yet')} icon={HistoryIcon}>
            {_('Logins and all operations that change something are recorded here, with their user and result.')}
          </EmptyView>
        )}
      </Card>
    </PageSection>
  )
}
