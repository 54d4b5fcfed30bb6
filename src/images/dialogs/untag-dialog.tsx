import { shortId } from '../../../engine/spec/name.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { namesOf } from '../../engine/image-summary.ts'
import { splitReference } from '../image-rows.ts'
import { leaveRemoved } from '../leave-removed.ts'

interface UntagDialogProps {
  image: Image
  reference: string
  onClose: () => void
}

/** Removes one name of an image and keeps the image. */
export function UntagDialog({ image, reference, onClose }: UntagDialogProps) {
  const { engine, data, can } = useEngine()
  const others = namesOf(image).filter((each) => each !== reference)
  const { name: repo, tag } = splitReference(reference)
  const submit = async () => {
    await engine['image.untag']({ name: image.Id, repo, tag })
    await data.images.refresh()
    leaveRemoved(image, reference, false)
  }
  return (
    <ActionDialog
      title={format(_('Untag {name}?'), { name: reference })}
      action={_('Untag')}
      failed={_('Failed to untag the image')}
      command={commandLine(can.program, 'untag', shortId(image.Id), reference)}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>
        {others.length > 0
          ? format(_('The image is kept as {names}.'), { names: others.join(', ') })
          : _('This is the last name. The image is kept without a name until it is removed or pruned.')}
      </p>
    </ActionDialog>
  )
}
