import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { shortId } from '../../../engine/spec/name.ts'
import { commandLine, splitCommand } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { DropZone } from '../../ui/dialogs/drop-zone.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { createUploads, newUpload, sendAll } from '../../engine/transfers/uploads.ts'
import { UploadLine } from '../../ui/transfers/upload-line.tsx'
import { uploadTransfer } from '../../ui/transfers/upload-transfer.ts'

/** Creates an image from an archive of a root file system. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can, background } = useEngine()
  const { success } = useToasts()
  const [uploads] = useState(createUploads)
  const [fields, setFields] = useState({ reference: '', command: '', message: '' })
  const [upload] = useStore(uploads)
  const reference = fields.reference.trim()
  const words = splitCommand(fields.command)
  const changes = words.length === 0 ? [] : [`CMD ${JSON.stringify(words)}`]
  const input = {
    changes,
    ...(reference === '' ? {} : { reference }),
    ...(fields.message === '' ? {} : { message: fields.message }),
  }
  const submit = async (signal: AbortSignal) => {
    const send = async (body: AsyncIterable<Uint8Array>, stop: AbortSignal) => [
      (await engine['image.import']({ ...input, body }, { signal: stop })).Id,
    ]
    await sendAll(uploads, send, signal)
    const [done] = uploads.get()
    if (done?.error) throw done.error
    if (signal.aborted) throw new EngineError('Cancelled', 'The upload was cancelled.')
    await data.images.refresh()
    success(format(_('{name} was imported.'), { name: reference || shortId(done?.names[0] ?? '') }))
  }
  const flags = [...changes.flatMap((each) => ['--change', each]), ...(fields.message === '' ? [] : ['-m', fields.message])]
  const text = (key: keyof typeof fields) => ({
    value: fields[key],
    onChange: (value: string) => setFields({ ...fields, [key]: value }),
  })
  return (
    <ActionDialog
      title={_('Import tarball')}
      action={_('Import')}
      variant="medium"
      failed={_('Failed to import the tarball')}
      disabled={!upload || /\s/.test(reference)}
      command={commandLine(
        can.program,
        'import',
        ...flags,
        upload?.file.name ?? 'FILE',
        ...(reference === '' ? [] : [reference]),
      )}
      description={_('Creates an image with one layer from an archive of a root file system.')}
      onSubmit={submit}
      onClose={onClose}
      onDetach={(stop) => background.add(uploadTransfer(uploads, stop))}
    >
      {upload ? (
        <ul className="berth-uploads" aria-label={_('Files')}>
          <UploadLine upload={upload} onRemove={upload.phase === 'waiting' ? () => uploads.set([]) : undefined} />
        </ul>
      ) : (
        <DropZone
          text={_('Drop an archive here, or')}
          choose={_('Choose a file…')}
          accept=".tar,.tgz,.gz,.zst,.xz"
          onFiles={(files) => uploads.set(files.map(newUpload))}
        />
      )}
      <TextField
        label={_('Name')}
        {...text('reference')}
        error={/\s/.test(reference) ? _('An image name cannot contain spaces.') : undefined}
        placeholder="localhost/name:tag"
      />
      <div className="berth-columns">
        <TextField label={_('Command')} {...text('command')} placeholder="/bin/sh" />
        <TextField label={_('Commit message')} {...text('message')} help={_('Stored in the history of the image.')} />
      </div>
    </ActionDialog>
  )
}
