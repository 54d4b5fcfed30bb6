import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { Volume } from '../../engine/live/live-data.ts'
import { createUploads, newUpload, sendAll } from '../../engine/transfers/uploads.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { DropZone } from '../../ui/dialogs/drop-zone.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { UploadLine } from '../../ui/transfers/upload-line.tsx'
import { uploadTransfer } from '../../ui/transfers/upload-transfer.ts'

/** Unpacks an archive that the user uploads into a volume. */
export function UploadVolumeDialog({ volume: { Name: name }, onClose }: { volume: Pick<Volume, 'Name'>; onClose: () => void }) {
  const { engine, data, can, background } = useEngine()
  const { success } = useToasts()
  const [uploads] = useState(createUploads)
  const [busy, setBusy] = useState(false)
  const [upload] = useStore(uploads)
  const submit = async (signal: AbortSignal) => {
    setBusy(true)
    try {
      const send = async (body: AsyncIterable<Uint8Array>, stop: AbortSignal) => {
        await engine['volume.import']({ name, body }, { signal: stop })
        return []
      }
      await sendAll(uploads, send, signal)
    } finally {
      setBusy(false)
    }
    const { error } = uploads.get()[0] ?? {}
    if (error) throw error
    if (signal.aborted) throw new EngineError('Cancelled', 'The upload was cancelled.')
    await data.volumeUsage.refresh()
    success(format(_('The files were unpacked into {name}.'), { name }))
  }
  return (
    <ActionDialog
      title={format(_('Upload into {name}'), { name })}
      description={_('A tar archive, compressed or not. Files with the same name are replaced.')}
      action={_('Upload')}
      variant="medium"
      failed={_('Failed to upload the archive')}
      disabled={upload === undefined || upload.phase === 'done'}
      command={commandLine(can.program, 'volume', 'import', name, upload?.file.name ?? 'FILE')}
      onSubmit={submit}
      onClose={onClose}
      onDetach={(stop) => background.add(uploadTransfer(uploads, stop))}
    >
      {!busy && (
        <DropZone
          text={_('Drop an archive here, or')}
          choose={_('Choose a file…')}
          accept=".tar,.tgz,.gz,.zst,.xz,.bz2"
          onFiles={([file]) => file && uploads.set([newUpload(file)])}
        />
      )}
      {upload && (
        <ul className="berth-uploads" aria-label={_('Files')}>
          <UploadLine upload={upload} onRemove={busy ? undefined : () => uploads.set([])} />
        </ul>
      )}
    </ActionDialog>
  )
}
