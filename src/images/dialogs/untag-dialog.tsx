import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { shortId } from '../../lib/format.ts'
import { _, format } from '../../lib/gettext.ts'
import type { Image } from '../../lib/live-data.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { namesOf, splitReference } from '../image-rows.ts'
import { leave } from '../leave.ts'

interface UntagDialogProps {
  image: Image
  reference: string
  onClose: () => void
}

/** Takes one name from an image, which stays. */
export function UntagDialog({ image, reference, onClose }: UntagDialogProps) {
  const { engine, data, can } = useEngine()
  const others = namesOf(image).filter((each) => each !== reference)
  const { name: repo, tag } = splitReference(reference)
  const submit = async () => {
    await engine['image.untag']({ name: image.Id, repo, tag })
    await data.images.refresh()
    leave(image, reference, false)
  }
  return (
    <ActionDialog
      title={format(_('Take the name {name} away?'), { name: reference })}
      action={_('Take it away')}
      failed={_('The name was not taken away')}
      command={commandLine(can.program, 'untag', shortId(image.Id), reference)}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>
        {others.length > 0
          ? format(_('The image stays as {names}.'), { names: others.join(', ') })
          : _('It is its last name. The image stays, without a name, until it is removed or pruned.')}
      </p>
    </ActionDialog>
  )
}
