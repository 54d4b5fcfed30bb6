import { useState } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { namesOf, ownSize } from '../../engine/image-summary.ts'
import { type ImageRow, shownName } from '../image-rows.ts'

interface RemoveImagesDialogProps {
  rows: readonly ImageRow[]
  /** Called after the images were removed. */
  onRemoved: () => void
  onClose: () => void
}

/** Whether all names of an image are selected, so that the image itself is removed. */
const removesImage = ({ image, reference }: ImageRow, rows: readonly ImageRow[]): boolean =>
  reference === undefined || namesOf(image).every((name) => rows.some((row) => row.reference === name))

/** Removes several images or names; images in use are kept. */
export function RemoveImagesDialog({ rows, onRemoved, onClose }: RemoveImagesDialogProps) {
  const { engine, data, can } = useEngine()
  // The selection must not change while the dialog is open.
  const [chosen] = useState(rows)
  const kept = chosen.filter((row) => row.image.Containers > 0 && removesImage(row, chosen))
  const removed = chosen.filter((row) => !kept.includes(row))
  const names = removed.map(({ reference, image }) => reference ?? image.Id)
  const whole = new Set(removed.filter((row) => removesImage(row, chosen)).map(({ image }) => image))
  const freed = [...whole].reduce((sum, image) => sum + ownSize(image), 0)
  const remove = async () => {
    try {
      const { Errors } = await engine['image.removeMany']({ images: names })
      if (Errors.length > 0) throw new EngineError('ImageInUse', Errors.join(' '))
      onRemoved()
    } finally {
      await data.images.refresh()
    }
  }
  return (
    <ActionDialog
      title={ngettext('Remove {n} image?', 'Remove {n} images?', removed.length)}
      action={_('Remove')}
      variant="medium"
      danger
      disabled={removed.length === 0}
      failed={_('Failed to remove some images')}
      command={commandLine(can.program, 'rmi', ...names.map(shownName))}
      onSubmit={remove}
      onClose={onClose}
    >
      {removed.length > 0 && <p>{format(_('Frees at least {size} of disk space.'), { size: formatSize(freed) })}</p>}
      <NameList
        label={_('Images to remove')}
        rows={removed}
        note={(row) => (whole.has(row.image) ? formatSize(ownSize(row.image)) : _('only this name'))}
      />
      {kept.length > 0 && <p>{_('In use by containers and kept:')}</p>}
      <NameList label={_('Images to keep')} rows={kept} note={({ image }) => formatSize(image.Size)} />
    </ActionDialog>
  )
}

interface NameListProps {
  label: string
  rows: readonly ImageRow[]
  /** The text at the end of a row. */
  note: (row: ImageRow) => string
}

function NameList({ label, rows, note }: NameListProps) {
  if (rows.length === 0) return null
  return (
    <ul className="berth-going" aria-label={label} tabIndex={0}>
      {rows.map((row) => (
        <li key={row.key}>
          <span className="berth-ellipsis" title={row.reference ?? row.image.Id}>
            {row.reference ?? shortId(row.image.Id)}
          </span>
          <span className="berth-quiet berth-number">{note(row)}</span>
        </li>
      ))}
    </ul>
  )
}
