import { useMemo } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { Network } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { DetailTabs } from '../../ui/detail-tabs.tsx'
import { DetailsFrame, DetailsHeading } from '../../ui/details/details-frame.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
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
    <DetailsFrame
      name={name}
      list={{
        page: 'networks',
        title: _('Networks'),
        items,
        error,
        failed: _('Failed to list networks'),
        onRetry: () => void data.networks.refresh(),
        missing: _('Network not found'),
        all: _('All networks'),
      }}
    >
      {network && <Loaded network={network} />}
    </DetailsFrame>
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
      <DetailsHeading
        name={name}
        below={
          <>
            {driver} · <TimeAgo value={created} /> <NetworkMarks network={network} />
          </>
        }
        actions={groups.length > 0 && <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />}
      />
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
