import { Button } from '@patternfly/react-core/dist/esm/components/Button'

import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { RemoveImagesDialog, SaveDialog } from '../dialogs/lazy.ts'
import type { ImageRow } from '../image-rows.ts'

/** Bulk actions for the selected images. */
export function SelectionBar({ rows, onClear }: { rows: readonly ImageRow[]; onClear: () => void }) {
  const { open } = useDialogs()
  if (rows.length === 0) return null
  const size = [...new Set(rows.map(({ image }) => image))].reduce((sum, image) => sum + image.Size, 0)
  const references = rows.map(({ reference, image }) => reference ?? image.Id)
  const lists = rows.some(({ image }) => image.IsManifestList)
  return (
    <div className="berth-selection" role="region" aria-label={_('Selected images')}>
      <span>
        {format(_('{images} selected, {size}'), {
          images: ngettext('{n} image', '{n} images', rows.length),
          size: formatSize(size),
        })}
      </span>
      <Button
        variant="danger"
        size="sm"
        onClick={() => open((close) => <RemoveImagesDialog rows={rows} onRemoved={onClear} onClose={close} />)}
      >
        {_('Remove…')}
      </Button>
      {!lists && (
        <Button
          variant="secondary"
          size="sm"
          onClick={() => open((close) => <SaveDialog references={references} size={size} onClose={close} />)}
        >
          {_('Save…')}
        </Button>
      )}
      <Button variant="link" size="sm" onClick={onClear}>
        {_('Clear selection')}
      </Button>
    </div>
  )
}
