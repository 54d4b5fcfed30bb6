import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import ArrowUpIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-arrow-circle-up-icon'
import LayersIcon from '@patternfly/react-icons/dist/esm/icons/layer-group-icon'
import LockIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-lock-icon'

import { useEngine } from '../engine/engine-context.tsx'
import { formatMoment, formatSize } from '../i18n/format.ts'
import { _, format } from '../i18n/gettext.ts'
import type { Image } from '../engine/live/live-data.ts'
import type { Update } from '../engine/live/updates.ts'
import { useSelected } from '../hooks/use-store.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { PullDialog } from './dialogs/lazy.ts'
import { ownSize } from '../engine/image-summary.ts'

/** The update result of a name, if it is about this image. */
export function useUpdate(image: Image, reference: string | undefined): Update | undefined {
  const { data } = useEngine()
  const update = useSelected(data.updates.state, ({ byName }) => (reference === undefined ? undefined : byName.get(reference)))
  return update?.id === image.Id ? update : undefined
}

/** A badge for an available update; a click opens the pull dialog. */
export function NewerBadge({ image, reference }: { image: Image; reference: string | undefined }) {
  const update = useUpdate(image, reference)
  const { open } = useDialogs()
  if (update?.status !== 'newer') return null
  return (
    <Label
      isCompact
      color="blue"
      icon={<ArrowUpIcon />}
      title={format(_('As of {time}'), { time: formatMoment(new Date(update.checked * 1000)) })}
      onClick={() => open((close) => <PullDialog image={update.name} onClose={close} />)}
    >
      {_('Update available')}
    </Label>
  )
}

/** Badges for manifest lists and read-only images. */
export function KindMarks({ image }: { image: Image }) {
  return (
    <>
      {image.IsManifestList && (
        <Label isCompact variant="outline" icon={<LayersIcon />}>
          {_('Manifest list')}
        </Label>
      )}
      {image.ReadOnly && (
        <Label isCompact variant="outline" icon={<LockIcon />}>
          {_('Read-only')}
        </Label>
      )}
    </>
  )
}

/** The size, and the unique size if layers are shared. */
export function ImageSize({ image }: { image: Image }) {
  return (
    <>
      {formatSize(image.Size)}
      {image.SharedSize > 0 && (
        <div className="berth-quiet berth-second">{format(_('{size} unique'), { size: formatSize(ownSize(image)) })}</div>
      )}
    </>
  )
}
