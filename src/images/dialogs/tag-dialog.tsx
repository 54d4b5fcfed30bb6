import { useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { shortId } from '../../lib/format.ts'
import { _, format } from '../../lib/gettext.ts'
import type { Image } from '../../lib/live-data.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { splitReference } from '../image-rows.ts'

interface TagDialogProps {
  image: Image
  reference: string | undefined
  onClose: () => void
}

/** Gives an image another name. */
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
      title={format(_('Another name for {name}'), { name: reference ?? shortId(image.Id) })}
      action={_('Add the name')}
      failed={_('The name was not added')}
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
        help={_('A name with a tag, such as localhost/app:2. If another image has it, it goes over to this one.')}
        placeholder="registry/name:tag"
        required
        autoFocus
      />
    </ActionDialog>
  )
}

function tagError(wanted: string, { RepoTags }: Image): string | undefined {
  if (wanted === '' || wanted.endsWith(':')) return _('Give a name and a tag.')
  if (/\s/.test(wanted)) return _('The name of an image has no spaces.')
  if (wanted.includes('@')) return _('A digest cannot be given to an image: it is what the image is.')
  return RepoTags?.includes(wanted) ? _('It has that name already.') : undefined
}
