import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText'
import { Progress, ProgressMeasureLocation, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'
import RemoveIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-minus-circle-icon'
import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { formatSize } from '../../lib/format.ts'
import { _, C_, format, ngettext } from '../../lib/gettext.ts'
import { useStore } from '../../lib/use-store.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { DropZone } from '../../ui/drop-zone.tsx'
import { createUploads, newUpload, sendAll, type Upload } from '../upload.ts'

/** Loads images from archives on the disk of whoever looks at the page. */
export function LoadDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [uploads] = useState(createUploads)
  const [busy, setBusy] = useState(false)
  const list = useStore(uploads)
  const left = list.filter(({ phase }) => phase !== 'done')
  const submit = async (signal: AbortSignal) => {
    setBusy(true)
    try {
      await sendAll(uploads, async (body, stop) => (await engine['image.load']({ body }, { signal: stop })).Names, signal)
      await data.images.refresh()
    } finally {
      setBusy(false)
    }
    const failed = uploads.get().filter(({ phase }) => phase === 'failed').length
    if (failed > 0)
      throw new EngineError('ArchiveInvalid', ngettext('{n} file was not loaded.', '{n} files were not loaded.', failed))
    return 'stay' as const
  }
  const add = (files: readonly File[]) => uploads.set([...uploads.get(), ...files.map(newUpload)])
  return (
    <ActionDialog
      title={_('Load images from files')}
      action={_('Load')}
      variant="medium"
      failed={_('Not everything was loaded')}
      disabled={left.length === 0}
      command={commandLine(can.program, 'load', '-i', list[0]?.file.name ?? 'FILE')}
      description={_('Archives that save has made, here or elsewhere: Docker or OCI archives, also compressed.')}
      onSubmit={submit}
      onClose={onClose}
    >
      {!busy && (
        <DropZone
          text={_('Drop archives here, or')}
          choose={_('Choose files…')}
          accept=".tar,.tgz,.gz,.zst,.xz,.bz2"
          multiple
          onFiles={add}
        />
      )}
      {list.length > 0 && (
        <ul className="berth-uploads" aria-label={_('Files')}>
          {list.map((upload, index) => (
            <UploadLine
              key={`${index} ${upload.file.name}`}
              upload={upload}
              onRemove={busy ? undefined : () => uploads.set(uploads.get().filter((each) => each !== upload))}
            />
          ))}
        </ul>
      )}
    </ActionDialog>
  )
}

/** One file: how far it is, and what came of it. */
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
            aria-label={format(_('Leave {name} out'), { name: file.name })}
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
          <HelperTextItem variant="error">{error.message}</HelperTextItem>
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
      return C_('upload', 'Being unpacked')
    case 'done':
      return C_('upload', 'Done')
    case 'failed':
      return C_('upload', 'Failed')
  }
}
