import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText'
import { Progress, ProgressMeasureLocation, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'
import RemoveIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-minus-circle-icon'

import type { Upload } from '../../engine/transfers/uploads.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, C_, format } from '../../i18n/gettext.ts'
import { ProblemText } from '../dialogs/problem-text.tsx'

/** One upload: its progress and its result. */
export function UploadLine({ upload, onRemove }: { upload: Upload; onRemove: (() => void) | undefined }) {
  const { file, phase, sent, names, error } = upload
  const value = phase === 'done' ? 100 : phase === 'waiting' || file.size === 0 ? 0 : (sent / file.size) * 100
  return (
    <li>
      <div className="berth-upload-head">
        <span className="berth-ellipsis" title={file.name}>
          {file.name}
        </span>
        <span className="berth-quiet berth-number">{phaseText(upload)}</span>
        {phase !== 'done' && onRemove && (
          <Button
            variant="plain"
            size="sm"
            icon={<RemoveIcon />}
            aria-label={format(_('Remove {name}'), { name: file.name })}
            onClick={onRemove}
          />
        )}
      </div>
      {phase !== 'waiting' && (
        <Progress
          aria-label={file.name}
          size={ProgressSize.sm}
          value={value}
          measureLocation={ProgressMeasureLocation.none}
          variant={phase === 'failed' ? 'danger' : phase === 'done' ? 'success' : undefined}
        />
      )}
      {names.length > 0 && <div>{format(_('Loaded {names}'), { names: names.join(', ') })}</div>}
      {error && phase === 'failed' && (
        <HelperText>
          <HelperTextItem variant="error" screenReaderText="">
            <ProblemText error={error} />
          </HelperTextItem>
        </HelperText>
      )}
    </li>
  )
}

function phaseText({ phase, sent, file }: Upload): string {
  switch (phase) {
    case 'waiting':
      return formatSize(file.size)
    case 'sending':
      return format(_('{current} of {total}'), { current: formatSize(sent), total: formatSize(file.size) })
    case 'reading':
      return C_('upload', 'Extracting')
    case 'done':
      return C_('upload', 'Done')
    case 'failed':
      return C_('upload', 'Failed')
  }
}
