import { Radio } from '@patternfly/react-core/dist/esm/components/Radio'
import { useId, useState } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { PruneDialog } from '../../ui/dialogs/prune-dialog.tsx'
import { isDangling, namesOf, ownSize } from '../../engine/image-summary.ts'

/** Removes unused images. */
export function PruneImagesDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [all, setAll] = useState(false)
  const { items, error } = useStore(data.images)
  const unused = items?.filter(({ Containers, ReadOnly }) => Containers === 0 && !ReadOnly)
  const dangling = unused?.filter(isDangling)
  const gone = (all ? unused : dangling)?.toSorted((a, b) => ownSize(b) - ownSize(a))
  const prune = async () => {
    const report = await engine['image.prune']({ all })
    await data.images.refresh()
    return report.map(({ Size, Err }) => ({ size: Size, reason: Err || undefined }))
  }
  return (
    <PruneDialog
      title={_('Prune images')}
      failed={_('Failed to remove some images')}
      command={commandLine(can.program, 'image', 'prune', ...(all ? ['--all'] : []))}
      choice={<PruneChoice all={all} onChange={setAll} counts={[dangling?.length ?? 0, unused?.length ?? 0]} />}
      removals={gone?.map(removalOf)}
      unknown={items ? undefined : error && { title: _('Failed to list images'), error }}
      label={_('Images to remove')}
      nothing={_('No images to remove.')}
      about={aboutOf(gone ?? [])}
      code="ImageInUse"
      onPrune={prune}
      done={(count) => ngettext('{n} image was removed.', '{n} images were removed.', count)}
      onClose={onClose}
    />
  )
}

const removalOf = (image: Image) => ({
  key: image.Id,
  name: namesOf(image).join(', ') || shortId(image.Id),
  title: namesOf(image).join('\n') || image.Id,
  size: ownSize(image),
})

function aboutOf(images: readonly Image[]): string {
  const least = images.reduce((sum, image) => sum + ownSize(image), 0)
  const most = images.reduce((sum, { Size }) => sum + Size, 0)
  const freed =
    least === most
      ? format(_('Frees {size} of disk space.'), { size: formatSize(least) })
      : format(_('Frees {least} to {most} of disk space, as some layers are shared.'), {
          least: formatSize(least),
          most: formatSize(most),
        })
  return `${ngettext('{n} image will be removed.', '{n} images will be removed.', images.length)} ${freed}`
}

interface PruneChoiceProps {
  all: boolean
  onChange: (all: boolean) => void
  counts: readonly [dangling: number, unused: number]
}

function PruneChoice({ all, onChange, counts }: PruneChoiceProps) {
  const id = useId()
  return (
    <fieldset className="berth-choices">
      <legend className="pf-v6-screen-reader">{_('Images to prune')}</legend>
      <Radio
        id={`${id}-dangling`}
        name={id}
        label={format(_('Dangling images ({count})'), { count: counts[0] })}
        description={_('Untagged images, such as those replaced by a newer image.')}
        isChecked={!all}
        onChange={() => onChange(false)}
      />
      <Radio
        id={`${id}-all`}
        name={id}
        label={format(_('All unused images ({count})'), { count: counts[1] })}
        description={_('Images without containers. They must be pulled or built again when needed.')}
        isChecked={all}
        onChange={() => onChange(true)}
      />
    </fieldset>
  )
}
