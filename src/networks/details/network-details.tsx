import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useMemo } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { Network } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { DetailTabs } from '../../ui/detail-tabs.tsx'
import { EmptyView, ErrorView } from '../../ui/empty-states.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useNetworkActions } from '../network-actions.tsx'
import { containersByNetwork } from '../network-rows.ts'
import { NetworkMarks } from '../networks-table.tsx'
import { NetworkOverview } from './network-overview.tsx'

/** Everything about one network, as tabs that can be linked to. */
export function NetworkDetails({ name }: { name: string }) {
  const { data } = useEngine()
  const { items, error } = useStore(data.networks)
  const network = items?.find((each) => each.name === name)
  return (
    <PageSection isFilled className="berth-details" aria-labelledby="berth-title">
      <Breadcrumb aria-label={_('Breadcrumb')} className="berth-breadcrumb">
        <BreadcrumbItem to={linkTo(['networks'])}>{_('Networks')}</BreadcrumbItem>
        <BreadcrumbItem isActive title={name}>
          {name}
        </BreadcrumbItem>
      </Breadcrumb>
      {network ? <Loaded network={network} /> : <PageTitle>{name}</PageTitle>}
      {!items && !error && <Skeleton height="16rem" screenreaderText={_('Loading')} />}
      {!items && error && (
        <ErrorView title={_('Failed to list networks')} message={error.message} onRetry={() => void data.networks.refresh()} />
      )}
      {items && !network && (
        <EmptyView
          title={_('Network not found')}
          action={
            <Button component="a" href={linkTo(['networks'])}>
              {_('All networks')}
            </Button>
          }
        >
          {_('It was removed, or the link is wrong.')}
        </EmptyView>
      )}
    </PageSection>
  )
}

function Loaded({ network }: { network: Network }) {
  const { data } = useEngine()
  const all = useStore(data.containers).items
  const containers = useMemo(() => containersByNetwork(all ?? []).get(network.name) ?? [], [all, network.name])
  const groups = useNetworkActions()(network)
  const { name, driver, created } = network
  return (
    <>
      <div className="berth-heading">
        <div>
          <PageTitle>{name}</PageTitle>
          <div className="berth-quiet">
            {driver} · <TimeAgo value={created} /> <NetworkMarks network={network} />
          </div>
        </div>
        <div className="berth-row-actions">
          {groups.length > 0 && <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />}
        </div>
      </div>
      <DetailTabs
        label={_('Network')}
        tabs={[
          { key: 'overview', title: _('Overview'), content: <NetworkOverview network={network} containers={containers} /> },
          { key: 'inspect', title: _('Inspect'), content: <InspectTab inspect={network} /> },
        ]}
      />
    </>
  )
}
