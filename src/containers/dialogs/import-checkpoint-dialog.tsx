import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { createUploads, newUpload, sendAll } from '../../engine/transfers/uploads.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { DropZone } from '../../ui/dialogs/drop-zone.tsx'
import { CheckField, TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { UploadLine } from '../../ui/transfers/upload-line.tsx'

/** Creates a container from a checkpoint archive. Privileges that the archive requests are shown first and must be granted. */
export function ImportCheckpointDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [uploads] = useState(createUploads)
  const [upload] = useStore(uploads)
  const [name, setName] = useState('')
  const [asks, setAsks] = useState<readonly string[]>([])
  const [privileged, setPrivileged] = useState(false)
  const newName = name.trim()
  const submit = async (signal: AbortSignal) => {
    const send = async (body: AsyncIterable<Uint8Array>, stop: AbortSignal) => {
      const input = { container: 'import', ...(newName ? { name: newName } : {}), privileged, body }
      return [(await engine['container.restoreImport'](input, { signal: stop })).Id]
    }
    await sendAll(uploads, send, signal)
    const [done] = uploads.get()
    if (done && EngineError.is(done.error, 'CheckpointPrivileged')) {
      uploads.set([newUpload(done.file)])
      setAsks(textsOf(done.error.details['asks']))
      return 'again' as const
    }
    if (done?.error) throw done.error
    await data.containers.refresh()
    success(format(_('{name} was imported and is running.'), { name: newName || (upload?.file.name ?? '') }))
  }
  const choose = (files: readonly File[]) => {
    setAsks([])
    setPrivileged(false)
    uploads.set(files.map(newUpload))
  }
  const flags = [...(newName ? ['--name', newName] : []), ...(privileged ? ['--privileged'] : [])]
  return (
    <ActionDialog
      title={_('Import checkpoint')}
      action={_('Import')}
      variant="medium"
      failed={_('Failed to import the checkpoint')}
      disabled={!upload || (asks.length > 0 && !privileged)}
      command={commandLine(can.program, 'container', 'restore', '--import', upload?.file.name ?? 'FILE', ...flags)}
      description={_('Creates a container from a checkpoint archive and resumes it from there.')}
      onSubmit={submit}
      onClose={onClose}
    >
      {upload ? (
        <ul className="berth-uploads" aria-label={_('Files')}>
          <UploadLine
            upload={upload}
            onRemove={upload.phase === 'waiting' || upload.phase === 'failed' ? () => choose([]) : undefined}
          />
        </ul>
      ) : (
        <DropZone
          text={_('Drop an archive here, or')}
          choose={_('Choose a file…')}
          accept=".tar,.tgz,.gz,.zst"
          onFiles={choose}
        />
      )}
      <TextField label={_('Name')} value={name} onChange={setName} help={_('If empty, the name in the checkpoint is used.')} />
      {asks.length > 0 && <RequestedPrivileges asks={asks} value={privileged} onChange={setPrivileged} />}
    </ActionDialog>
  )
}

interface RequestedPrivilegesProps {
  asks: readonly string[]
  value: boolean
  onChange: (value: boolean) => void
}

function RequestedPrivileges({ asks, value, onChange }: RequestedPrivilegesProps) {
  return (
    <>
      <Alert isInline variant="warning" title={_('The checkpoint requests more privileges than a container has by default')}>
        <ul aria-label={_('Requested privileges')}>
          {asks.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </Alert>
      <CheckField
        label={_('Grant these privileges')}
        value={value}
        onChange={onChange}
        help={_('Only if you trust the author of the archive.')}
      />
    </>
  )
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
