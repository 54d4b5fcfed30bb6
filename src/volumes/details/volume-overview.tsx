import type { Volume, VolumeUsage } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { formatMoment, formatSize } from '../../i18n/format.ts'
import { _ } from '../../i18n/gettext.ts'
import { KeyValues } from '../../ui/key-values.tsx'
import { Properties, property } from '../../ui/properties.tsx'

/** What a volume is, and who uses it. */
export function VolumeOverview({ volume, usage }: { volume: Volume; usage: VolumeUsage | undefined }) {
  const options = Object.entries(volume.Options)
  const labels = Object.entries(volume.Labels)
  return (
    <div className="berth-cards">
      <Properties
        title={_('Volume')}
        items={[
          property(_('Driver'), volume.Driver),
          property(_('Size'), usage && formatSize(usage.Size)),
          property(_('Host path'), <code className="berth-code">{volume.Mountpoint}</code>),
          property(_('Created'), formatMoment(new Date(volume.CreatedAt))),
          property(_('Anonymous'), volume.Anonymous ? _('Yes: it is removed with its last container') : undefined),
          property(
            _('Content'),
            volume.NeedsCopyUp ? _('Filled from the image of the first container that mounts it') : undefined,
          ),
        ]}
      />
      <Properties title={_('Used by')}>
        {usage && usage.Containers.length > 0 ? (
          <ul className="berth-list">
            {usage.Containers.map(({ Id, Name }) => (
              <li key={Id}>
                <a href={linkTo(['containers', Id])}>{Name}</a>
              </li>
            ))}
          </ul>
        ) : (
          <p className="berth-quiet">{_('No containers use this volume')}</p>
        )}
      </Properties>
      {options.length > 0 && <KeyValues title={_('Options')} entries={options} />}
      {labels.length > 0 && <KeyValues title={_('Labels')} entries={labels} />}
    </div>
  )
}
