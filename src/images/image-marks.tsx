import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import ArrowUpIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-arrow-circle-up-icon'
import LayersIcon from '@patternfly/react-icons/dist/esm/icons/layer-group-icon'
import LockIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-lock-icon'

import { useEngine } from '../lib/engine-context.tsx'
import { formatMoment, formatSize } from '../lib/format.ts'
import { _, format } from '../lib/gettext.ts'
import type { Image } from '../lib/live-data.ts'
import type { Update } from '../lib/updates.ts'
import { useSelected } from '../lib/use-store.ts'
import { useDialogs } from '../ui/dialogs.tsx'
import { PullDialog } from './dialogs/pull-dialog.tsx'
import { ownSize } from './image-rows.ts'

/** What is known of newer images under a name of this image; what was known of an older one does not count. */
export function useUpdate(image: Image, reference: string | undefined): Update | undefined {
  const { data } = useEngine()
  const update = useSelected(data.updates.state, ({ byName }) => (reference === undefined ? undefined : byName.get(reference)))
  return update?.id === image.Id ? update : undefined
}

/** That its registry has a newer one, which one click offers to pull. */
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
      {_('Newer image')}
    </Label>
  )
}

/** What is special about an image: it is a list of images, or cannot be changed. */
export function KindMarks({ image }: { image: Image }) {
  return (
    <>
      {image.IsManifestList && (
        <Label isCompact variant="outline" icon={<LayersIcon />}>
          {_('List')}
        </Label>
      )}
      {image.ReadOnly && (
        <Label isCompact variant="outline" icon={<LockIcon />}>
          {_('Read only')}
        </Label>
      )}
    </>
  )
}

/** Its size, and how much of it is its own where layers are shared with other images. */
export function ImageSize({ image }: { image: Image }) {
  return (
    <>
      {formatSize(image.Size)}
      {image.SharedSize > 0 && (
        <div className="berth-quiet berth-second">{format(_('{size} its own'), { size: formatSize(ownSize(image)) })}</div>
      )}
    </>
  )
}
