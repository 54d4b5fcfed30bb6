import { Label } from '@patternfly/react-core/dist/esm/components/Label'

import type { Volume, VolumeUsage } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { formatSize } from '../i18n/format.ts'
import { _, C_, format } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { DataTable, type TableColumn } from '../ui/tables/data-table.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { useVolumeActions } from './volume-actions.tsx'
import type { VolumeRow, VolumeSort, VolumeSortKey } from './volume-rows.ts'

const columns: readonly TableColumn<VolumeRow, VolumeSortKey>[] = [
  {
    key: 'name',
    title: () => _('Name'),
    sort: 'name',
    className: 'berth-title-cell',
    cell: ({ volume }) => <VolumeName volume={volume} />,
  },
  {
    key: 'driver',
    title: () => _('Driver'),
    width: 7,
    cell: ({ volume: { Driver, Options } }) => (
      <>
        {Driver}
        {Options['type'] !== undefined && <span className="berth-quiet"> ({Options['type']})</span>}
      </>
    ),
  },
  {
    key: 'size',
    title: () => _('Size'),
    sort: 'size',
    width: 8,
    isNumber: true,
    cell: ({ usage }) => (usage ? formatSize(usage.Size) : <span aria-hidden="true">–</span>),
  },
  { key: 'used', title: () => _('Used by'), sort: 'used', width: 13, cell: ({ usage }) => <VolumeUsers usage={usage} /> },
  {
    key: 'created',
    title: () => _('Created'),
    sort: 'created',
    width: 9,
    nowrap: true,
    cell: ({ volume }) => <TimeAgo value={volume.CreatedAt} />,
  },
  { key: 'actions', title: () => _('Actions'), width: 4, actions: true, cell: ({ volume }) => <VolumeMenu volume={volume} /> },
]

interface VolumesTableProps {
  rows: readonly VolumeRow[]
  sort: VolumeSort
  onSort: (sort: VolumeSort) => void
}

/** The volumes. */
export function VolumesTable(props: VolumesTableProps) {
  return <DataTable label={_('Volumes')} className="berth-volumes" columns={columns} keyOf={keyOf} {...props} />
}

const keyOf = ({ volume }: VolumeRow): string => volume.Name

function VolumeName({ volume: { Name, Anonymous } }: { volume: Volume }) {
  return (
    <>
      <a className="berth-name" title={Name} href={linkTo(['volumes', Name])}>
        {Anonymous ? Name.slice(0, 12) : Name}
      </a>
      {Anonymous && (
        <Label isCompact variant="outline">
          {_('Anonymous')}
        </Label>
      )}
    </>
  )
}

function VolumeMenu({ volume }: { volume: Volume }) {
  const groups = useVolumeActions()(volume)
  return <ActionsMenu label={format(_('Actions for {name}'), { name: volume.Name })} groups={groups} />
}

const shown = 2

/** Links to the containers that mount a volume. */
export function VolumeUsers({ usage }: { usage: VolumeUsage | undefined }) {
  if (!usage) return <span aria-hidden="true">–</span>
  if (usage.Containers.length === 0) return <span className="berth-quiet">{C_('volumes', 'Unused')}</span>
  const more = usage.Containers.length - shown
  return (
    <div className="berth-used">
      {usage.Containers.slice(0, more === 1 ? shown + 1 : shown).map(({ Id, Name }) => (
        <a key={Id} href={linkTo(['containers', Id])}>
          {Name}
        </a>
      ))}
      {more > 1 && <a href={linkTo(['volumes', usage.Name])}>{format(_('{count} more'), { count: more })}</a>}
    </div>
  )
}
