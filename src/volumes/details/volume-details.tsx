import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'

import { useEngine } from '../../engine/engine-context.tsx'
import type { Volume } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { useStore } from '../../hooks/use-store.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { type DetailTab, DetailTabs } from '../../ui/detail-tabs.tsx'
import { EmptyView, ErrorView } from '../../ui/empty-states.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useVolumeActions } from '../volume-actions.tsx'
import { FilesTab } from './files-tab.tsx'
import { VolumeOverview } from './volume-overview.tsx'

/** Everything about one volume, as tabs that can be linked to. */
export function VolumeDetails({ name }: { name: string }) {
  const { data } = useEngine()
  const { items, error } = useStore(data.volumes)
  const volume = items?.find(({ Name }) => Name === name)
  return (
    <PageSection isFilled className="berth-details" aria-labelledby="berth-title">
      <Breadcrumb aria-label={_('Breadcrumb')} className="berth-breadcrumb">
        <BreadcrumbItem to={linkTo(['volumes'])}>{_('Volumes')}</BreadcrumbItem>
        <BreadcrumbItem isActive title={name}>
          {name}
        </BreadcrumbItem>
      </Breadcrumb>
      {volume ? <Loaded volume={volume} /> : <PageTitle>{name}</PageTitle>}
      {!items && !error && <Skeleton height="16rem" screenreaderText={_('Loading')} />}
      {!items && error && (
        <ErrorView title={_('Failed to list volumes')} message={error.message} onRetry={() => void data.volumes.refresh()} />
      )}
      {items && !volume && (
        <EmptyView
          title={_('Volume not found')}
          action={
            <Button component="a" href={linkTo(['volumes'])}>
              {_('All volumes')}
            </Button>
          }
        >
          {_('It was removed, or the link is wrong.')}
        </EmptyView>
      )}
    </PageSection>
  )
}

function Loaded({ volume }: { volume: Volume }) {
  const { data, can } = useEngine()
  const usage = useStore(data.volumeUsage).items?.find(({ Name }) => Name === volume.Name)
  const groups = useVolumeActions()(volume)
  const files: DetailTab = { key: 'files', title: _('Files'), content: <FilesTab volume={volume} /> }
  return (
    <>
      <div className="berth-heading">
        <div>
          <PageTitle>{volume.Name}</PageTitle>
          <div className="berth-quiet">
            {usage && `${formatSize(usage.Size)} · `}
            <TimeAgo value={volume.CreatedAt} />
          </div>
        </div>
        <div className="berth-row-actions">
          <ActionsMenu label={format(_('Actions for {name}'), { name: volume.Name })} groups={groups} />
        </div>
      </div>
      <DetailTabs
        label={_('Volume')}
        tabs={[
          { key: 'overview', title: _('Overview'), content: <VolumeOverview volume={volume} usage={usage} /> },
          ...(can.does('volume.files') ? [files] : []),
          { key: 'inspect', title: _('Inspect'), content: <InspectTab inspect={volume} /> },
        ]}
      />
    </>
  )
}
