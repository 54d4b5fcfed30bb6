import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { Progress } from '@patternfly/react-core/dist/esm/components/Progress'
import { useState } from 'react'

import { FileBody } from 'cockpit-ts-bridge/client'

import { EngineError } from '../../../engine/errors/index.ts'
import { nameOf } from '../../engine/container-summary.ts'
import { type EngineContextValue, useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { holdPage } from '../../engine/transfers/leave-guard.ts'
import { clickDownload, saveStream } from '../../engine/transfers/save-stream.ts'
import { firstFile, tarOf } from '../../engine/transfers/tar.ts'
import { tooLargeFor } from '../../engine/transfers/too-large.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { DropZone } from '../../ui/dialogs/drop-zone.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'

interface CopyDialogProps {
  container: ContainerSummary
  /** A path of the container to begin with. */
  path?: string
  onClose: () => void
}

type Direction = 'download' | 'upload'

/** Copies files out of a container, and into it. */
export function CopyDialog({ container, path: initial = '', onClose }: CopyDialogProps) {
  const context = useEngine()
  const { success } = useToasts()
  const [direction, setDirection] = useState<Direction>('download')
  const [path, setPath] = useState(initial)
  const [files, setFiles] = useState<readonly File[]>([])
  const [bytes, setBytes] = useState<number>()
  const name = nameOf(container)
  const error = path.startsWith('/') ? undefined : _('Enter an absolute path, such as /srv.')
  const down = direction === 'download'
  const submit = async (signal: AbortSignal) => {
    const done = down
      ? await download(context, container.Id, path, setBytes, signal)
      : await upload(context, container.Id, path, files, setBytes, signal)
    success(done)
  }
  const total = files.reduce((sum, { size }) => sum + size, 0)
  return (
    <ActionDialog
      title={format(_('Copy files of {name}'), { name })}
      action={down ? _('Download') : _('Upload')}
      variant="medium"
      failed={_('Failed to copy')}
      disabled={error !== undefined || (!down && files.length === 0)}
      command={commandLine(context.can.program, 'cp', ...wordsOf(direction, name, path, files))}
      onSubmit={submit}
      onClose={onClose}
    >
      <ToggleGroup aria-label={_('Direction')}>
        <ToggleGroupItem
          text={_('From the container')}
          isSelected={down}
          onChange={() => setDirection('download')}
          buttonId="berth-copy-out"
        />
        <ToggleGroupItem
          text={_('Into the container')}
          isSelected={!down}
          onChange={() => setDirection('upload')}
          buttonId="berth-copy-in"
        />
      </ToggleGroup>
      <TextField
        label={down ? _('File or folder in the container') : _('Folder in the container')}
        value={path}
        onChange={setPath}
        error={error}
        placeholder={down ? '/etc/nginx/nginx.conf' : '/srv'}
        help={down ? _('A folder is downloaded as a tar archive.') : _('Files with the same name are replaced.')}
        required
        autoFocus
      />
      {!down && <UploadChoice files={files} total={total} onFiles={setFiles} />}
      {bytes !== undefined && (
        <Progress
          aria-label={_('Copied')}
          title={formatSize(bytes)}
          value={down || total === 0 ? 0 : Math.min(100, (bytes / total) * 100)}
          measureLocation="none"
        />
      )}
    </ActionDialog>
  )
}

function UploadChoice({
  files,
  total,
  onFiles,
}: {
  files: readonly File[]
  total: number
  onFiles: (files: readonly File[]) => void
}) {
  return (
    <>
      <DropZone text={_('Drop files here, or')} choose={_('Choose files…')} multiple onFiles={onFiles} />
      <DropZone text={_('A folder with all that is in it:')} choose={_('Choose a folder…')} folder onFiles={onFiles} />
      {files.length > 0 && (
        <p role="status">
          {format(_('{files}, {size}'), {
            files: files.length === 1 ? files[0]!.name : ngettext('{n} file', '{n} files', files.length),
            size: formatSize(total),
          })}
        </p>
      )}
    </>
  )
}

const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? ''

function wordsOf(direction: Direction, name: string, path: string, files: readonly File[]): string[] {
  if (direction === 'download') return [`${name}:${path || 'PATH'}`, baseOf(path) || '.']
  const [first] = files
  return [first ? (first.webkitRelativePath ?? '').split('/')[0] || first.name : 'FILE', `${name}:${path || 'PATH'}`]
}

/** An answer to HEAD has no body: its status says that there is nothing at the path, and no text does. */
const nothingAt = (path: string) => (error: unknown) => {
  if (!EngineError.is(error, 'PathNotFound')) throw error
  throw new EngineError('PathNotFound', format(_('The container has no file or folder {path}.'), { path }), { details: { path } })
}

/** A file as it is, a folder as an archive. @returns what a person is told. */
async function download(
  { engine, archiveUrl }: EngineContextValue,
  name: string,
  path: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const { isDir } = await engine['container.pathInfo']({ name, path }, { signal }).catch(nothingAt(path))
  const file = `${baseOf(path) || 'container'}${isDir ? '.tar' : ''}`
  const url = isDir ? await archiveUrl('container.copyFrom', { name, path }, file) : undefined
  if (url) {
    clickDownload(url, file)
    return format(_('The browser is downloading {file}.'), { file })
  }
  const open = async () => {
    const archive = await engine['container.copyFrom']({ name, path }, { signal })
    return isDir ? archive : firstFile(archive)
  }
  await saveStream(open, file, onBytes, tooLargeFor)
  return format(_('{file} was saved.'), { file })
}

async function upload(
  { engine }: EngineContextValue,
  name: string,
  path: string,
  files: readonly File[],
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const release = holdPage()
  try {
    await engine['container.copyTo']({ name, path, body: new FileBody(tarOf(files), onBytes) }, { signal })
  } finally {
    release()
  }
  return ngettext('{n} file was copied into the container.', '{n} files were copied into the container.', files.length)
}
