import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-key-icon'
import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import type { Secret } from '../engine/live/live-data.ts'
import { useQuery } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { _, ngettext } from '../i18n/gettext.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { EmptyView, ErrorView, NoResults } from '../ui/empty-states.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { TableSkeleton } from '../ui/tables/table-skeleton.tsx'
import { CreateSecretDialog } from './dialogs/lazy.ts'
import { SecretsTable } from './secrets-table.tsx'

/** All secrets of the user, without their values. */
export function SecretsPage() {
  const { data } = useEngine()
  const { items, error } = useStore(data.secrets)
  const [text, setText] = useQuery('filter', '')
  const rows = useMemo(
    () => (items ?? []).filter((secret) => searched(secret).includes(text.trim().toLowerCase())),
    [items, text],
  )
  if (!items && error)
    return <ErrorView title={_('Failed to list secrets')} message={error.message} onRetry={() => void data.secrets.refresh()} />
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle>{_('Secrets')}</PageTitle>
      {error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card">
        {items?.length !== 0 && (
          <Toolbar className="berth-toolbar berth-images-toolbar">
            <ToolbarContent>
              <ToolbarItem className="berth-search">
                <SearchInput
                  value={text}
                  onChange={(_event, next) => setText(next)}
                  onClear={() => setText('')}
                  placeholder={_('Filter by name or label…')}
                  aria-label={_('Filter secrets')}
                  resetButtonLabel={_('Clear filter')}
                />
              </ToolbarItem>
              <ToolbarItem align={{ default: 'alignEnd' }}>
                <CreateButton />
              </ToolbarItem>
            </ToolbarContent>
          </Toolbar>
        )}
        <LiveRegion>{items && items.length > 0 ? ngettext('{n} row', '{n} rows', rows.length) : ''}</LiveRegion>
        {!items && <TableSkeleton columns={5} />}
        {rows.length > 0 && <SecretsTable rows={rows} />}
        {items && items.length > 0 && rows.length === 0 && <NoResults onClear={() => setText('')} />}
        {items?.length === 0 && (
          <EmptyView title={_('No secrets yet')} icon={KeyIcon} action={<CreateButton />}>
            {_('A secret is a password or key that containers get as a file or variable, without being part of an image.')}
          </EmptyView>
        )}
      </Card>
    </PageSection>
  )
}

const searched = ({ Spec }: Secret): string =>
  [Spec.Name, ...Object.entries(Spec.Labels ?? {}).map(([name, value]) => `${name}=${value}`)].join('\n').toLowerCase()

function CreateButton() {
  const { open } = useDialogs()
  return (
    <Button variant="primary" onClick={() => open((close) => <CreateSecretDialog onClose={close} />)}>
      {_('Create secret')}
    </Button>
  )
}
