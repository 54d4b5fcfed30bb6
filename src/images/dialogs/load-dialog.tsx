import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { Detach } from '../../hooks/use-action.ts'
import { useToasts } from '../../ui/toasts.tsx'
import { useStore } from '../../hooks/use-store.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { DropZone } from '../../ui/dialogs/drop-zone.tsx'
import { UploadLine } from '../../ui/transfers/upload-line.tsx'
import { uploadTransfer } from '../../ui/transfers/upload-transfer.ts'
import { createUploads, newUpload, sendAll } from '../../engine/transfers/uploads.ts'

/** Loads images from archives that the user uploads. */
export function LoadDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can, background } = useEngine()
  const { success } = useToasts()
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
    if (failed > 0) {
      const sentence = ngettext('Failed to load {n} file.', 'Failed to load {n} files.', failed)
      throw new EngineError('ArchiveInvalid', sentence, { details: { sentence } })
    }
    return 'stay' as const
  }
  const onDetach: Detach = (stop) => {
    const end = background.add(uploadTransfer(uploads, stop))
    return (error) => {
      const names = uploads.get().flatMap((each) => each.names)
      const text = format(_('Loaded {names}'), { names: names.join(', ') })
      end(error, text)
      if (error === undefined) success(text)
    }
  }
  const add = (files: readonly File[]) => uploads.set([...uploads.get(), ...files.map(newUpload)])
  return (
    <ActionDialog
      title={_('Load images')}
      action={_('Load')}
      variant="medium"
      failed={_('Failed to load some images')}
      disabled={left.length === 0}
      command={commandLine(can.program, 'load', '-i', list[0]?.file.name ?? 'FILE')}
      description={_('Docker or OCI archives, such as those written by save. They may be compressed.')}
      onSubmit={submit}
      onClose={onClose}
      onDetach={onDetach}
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
