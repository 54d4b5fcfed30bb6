import { Radio } from '@patternfly/react-core/dist/esm/components/Radio'
import { useId, useState } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import type { Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { RemovalList } from '../../ui/dialogs/removal-list.tsx'
import { isDangling, namesOf, ownSize } from '../image-rows.ts'

type Report = Output<'image.prune'>

/** Removes unused images, after a preview. */
export function PruneDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [all, setAll] = useState(false)
  const [report, setReport] = useState<Report>()
  const unused = (useStore(data.images).items ?? []).filter(({ Containers, ReadOnly }) => Containers === 0 && !ReadOnly)
  const dangling = unused.filter(isDangling)
  const gone = (all ? unused : dangling).toSorted((a, b) => ownSize(b) - ownSize(a))
  const submit = async () => {
    const result = await engine['image.prune']({ all })
    await data.images.refresh()
    const wrong = result.filter(({ Err }) => Err)
    setReport(result)
    if (wrong.length > 0) throw new EngineError('ImageInUse', wrong.map(({ Err }) => Err).join(' '))
    return 'stay' as const
  }
  return (
    <ActionDialog
      title={_('Prune images')}
      action={_('Prune')}
      variant="medium"
      danger
      failed={_('Failed to remove some images')}
      disabled={gone.length === 0}
      command={commandLine(can.program, 'image', 'prune', ...(all ? ['--all'] : []))}
      onSubmit={submit}
      onClose={onClose}
    >
      {report ? (
        <PruneResult report={report} />
      ) : (
        <>
          <PruneChoice all={all} onChange={setAll} counts={[dangling.length, unused.length]} />
          <PrunePreview images={gone} />
        </>
      )}
    </ActionDialog>
  )
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

function PrunePreview({ images }: { images: readonly Image[] }) {
  if (images.length === 0) return <p>{_('No images to remove.')}</p>
  const least = images.reduce((sum, image) => sum + ownSize(image), 0)
  const most = images.reduce((sum, { Size }) => sum + Size, 0)
  return (
    <div>
      <p>
        {ngettext('{n} image will be removed.', '{n} images will be removed.', images.length)}{' '}
        {least === most
          ? format(_('Frees {size} of disk space.'), { size: formatSize(least) })
          : format(_('Frees {least} to {most} of disk space, as some layers are shared.'), {
              least: formatSize(least),
              most: formatSize(most),
            })}
      </p>
      <RemovalList
        label={_('Images to remove')}
        removals={images.map((image) => ({
          key: image.Id,
          name: namesOf(image).join(', ') || shortId(image.Id),
          title: namesOf(image).join('\n') || image.Id,
          size: ownSize(image),
        }))}
      />
    </div>
  )
}

function PruneResult({ report }: { report: Report }) {
  const done = report.filter(({ Err }) => !Err)
  const freed = done.reduce((sum, { Size }) => sum + Size, 0)
  return (
    <p role="status">
      {ngettext('{n} image was removed.', '{n} images were removed.', done.length)}{' '}
      {format(_('{size} of disk space was freed.'), { size: formatSize(freed) })}
    </p>
  )
}
