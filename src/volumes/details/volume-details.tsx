import { useEngine } from '../../engine/engine-context.tsx'
import type { Volume } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { type DetailTab, DetailTabs } from '../../ui/detail-tabs.tsx'
import { DetailsFrame, DetailsHeading } from '../../ui/details/details-frame.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
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
    <DetailsFrame
      name={name}
      list={{
        page: 'volumes',
        title: _('Volumes'),
        items,
        error,
        failed: _('Failed to list volumes'),
        onRetry: () => void data.volumes.refresh(),
        missing: _('Volume not found'),
        all: _('All volumes'),
      }}
    >
      {volume && <Loaded volume={volume} />}
    </DetailsFrame>
  )
}

function Loaded({ volume }: { volume: Volume }) {
  const { data, can } = useEngine()
  const usage = useStore(data.volumeUsage).items?.find(({ Name }) => Name === volume.Name)
  const groups = useVolumeActions()(volume)
  const files: DetailTab = { key: 'files', title: _('Files'), content: <FilesTab volume={volume} /> }
  return (
    <>
      <DetailsHeading
        name={volume.Name}
        below={
          <>
            {usage && `${formatSize(usage.Size)} · `}
            <TimeAgo value={volume.CreatedAt} />
          </>
        }
        actions={<ActionsMenu label={format(_('Actions for {name}'), { name: volume.Name })} groups={groups} />}
      />
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
