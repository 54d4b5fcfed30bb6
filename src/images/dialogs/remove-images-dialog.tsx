import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { formatSize, shortId } from '../../lib/format.ts'
import { _, format, ngettext } from '../../lib/gettext.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { type ImageRow, namesOf, ownSize, shownName } from '../image-rows.ts'

interface RemoveImagesDialogProps {
  rows: readonly ImageRow[]
  /** Called with the images that are gone. */
  onRemoved: () => void
  onClose: () => void
}

/** Whether all names of an image are among the lines: then the image itself goes. */
const goesWhole = ({ image, reference }: ImageRow, rows: readonly ImageRow[]): boolean =>
  reference === undefined || namesOf(image).every((name) => rows.some((row) => row.reference === name))

/** Removes several images, or names of them; those that containers use are left out. */
export function RemoveImagesDialog({ rows, onRemoved, onClose }: RemoveImagesDialogProps) {
  const { engine, data, can } = useEngine()
  // What is asked about does not change while it is asked.
  const [chosen] = useState(rows)
  const kept = chosen.filter((row) => row.image.Containers > 0 && goesWhole(row, chosen))
  const going = chosen.filter((row) => !kept.includes(row))
  const names = going.map(({ reference, image }) => reference ?? image.Id)
  const whole = new Set(going.filter((row) => goesWhole(row, chosen)).map(({ image }) => image))
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
      title={ngettext('Remove {n} image?', 'Remove {n} images?', going.length)}
      action={_('Remove')}
      variant="medium"
      danger
      disabled={going.length === 0}
      failed={_('Not everything was removed')}
      command={commandLine(can.program, 'rmi', ...names.map(shownName))}
      onSubmit={remove}
      onClose={onClose}
    >
      {going.length > 0 && <p>{format(_('At least {size} of disk become free.'), { size: formatSize(freed) })}</p>}
      <NameList
        label={_('Images that go')}
        rows={going}
        note={(row) => (whole.has(row.image) ? formatSize(ownSize(row.image)) : _('only this name'))}
      />
      {kept.length > 0 && <p>{_('Containers use these, so they stay:')}</p>}
      <NameList label={_('Images that stay')} rows={kept} note={({ image }) => formatSize(image.Size)} />
    </ActionDialog>
  )
}

interface NameListProps {
  label: string
  rows: readonly ImageRow[]
  /** What is said of a line. */
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
