import { useState } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, C_, format } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { splitReference } from '../image-rows.ts'

interface TagDialogProps {
  image: Image
  reference: string | undefined
  onClose: () => void
}

/** Tags an image. */
export function TagDialog({ image, reference, onClose }: TagDialogProps) {
  const { engine, data, can } = useEngine()
  const [text, setText] = useState(reference === undefined ? '' : `${splitReference(reference).name}:`)
  const wanted = text.trim()
  const { name: repo, tag } = splitReference(wanted)
  const error = tagError(wanted, image)
  const submit = async () => {
    await engine['image.tag']({ name: image.Id, repo, ...(tag === '' ? {} : { tag }) })
    await data.images.refresh()
  }
  return (
    <ActionDialog
      title={format(_('Tag {name}'), { name: reference ?? shortId(image.Id) })}
      action={C_('action', 'Tag')}
      failed={_('Failed to tag the image')}
      disabled={error !== undefined}
      command={commandLine(can.program, 'tag', reference ?? shortId(image.Id), wanted || 'NAME')}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={_('New name')}
        value={text}
        onChange={setText}
        error={error}
        help={_('Name and tag, such as localhost/app:2. If another image has this name, it moves to this image.')}
        placeholder="registry/name:tag"
        required
        autoFocus
      />
    </ActionDialog>
  )
}

function tagError(wanted: string, { RepoTags }: Image): string | undefined {
  if (wanted === '' || wanted.endsWith(':')) return _('Enter a name and a tag.')
  if (/\s/.test(wanted)) return _('An image name cannot contain spaces.')
  if (wanted.includes('@')) return _('A digest cannot be used as a name.')
  return RepoTags?.includes(wanted) ? _('The image already has this name.') : undefined
}
