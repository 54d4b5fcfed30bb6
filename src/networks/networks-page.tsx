import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { useQuery } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { _, ngettext } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { ErrorView, NoResults } from '../ui/empty-states.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { TableSkeleton } from '../ui/tables/table-skeleton.tsx'
import { CreateNetworkDialog, PruneNetworksDialog } from './dialogs/lazy.ts'
import { networkRows } from './network-rows.ts'
import { NetworksTable } from './networks-table.tsx'

/** All networks, and the containers in them. */
export function NetworksPage() {
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle>{_('Networks')}</PageTitle>
      <Networks />
    </PageSection>
  )
}

function Networks() {
  const { data } = useEngine()
  const { items, error } = useStore(data.networks)
  const containers = useStore(data.containers).items
  const [text, setText] = useQuery('filter', '')
  const rows = useMemo(() => networkRows(items ?? [], containers ?? [], text), [items, containers, text])
  if (!items && error)
    return <ErrorView title={_('Failed to list networks')} message={error.message} onRetry={() => void data.networks.refresh()} />
  return (
    <>
      {error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card">
        <NetworksToolbar text={text} onText={setText} />
        <LiveRegion>{items && items.length > 0 ? ngettext('{n} network', '{n} networks', rows.length) : ''}</LiveRegion>
        {!items && <TableSkeleton columns={5} />}
        {rows.length > 0 && <NetworksTable rows={rows} />}
        {items && rows.length === 0 && <NoResults onClear={() => setText('')} />}
      </Card>
    </>
  )
}

function NetworksToolbar({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { can } = useEngine()
  const { open } = useDialogs()
  const prune = {
    key: 'prune',
    title: _('Prune…'),
    danger: true,
    run: () => open((close) => <PruneNetworksDialog onClose={close} />),
  }
  return (
    <Toolbar className="berth-toolbar berth-images-toolbar">
      <ToolbarContent>
        <ToolbarItem className="berth-search">
          <SearchInput
            value={text}
            onChange={(_event, next) => onText(next)}
            onClear={() => onText('')}
            placeholder={_('Filter by name, subnet or container…')}
            aria-label={_('Filter networks')}
            resetButtonLabel={_('Clear filter')}
          />
        </ToolbarItem>
        {can.does('network.create') && (
          <ToolbarGroup align={{ default: 'alignEnd' }} className="berth-toolbar-actions">
            <ToolbarItem>
              <Button variant="primary" onClick={() => open((close) => <CreateNetworkDialog onClose={close} />)}>
                {_('Create network')}
              </Button>
            </ToolbarItem>
            <ToolbarItem className="berth-toolbar-menu">
              <ActionsMenu label={_('More network actions')} groups={[[prune]]} />
            </ToolbarItem>
          </ToolbarGroup>
        )}
      </ToolbarContent>
    </Toolbar>
  )
}
