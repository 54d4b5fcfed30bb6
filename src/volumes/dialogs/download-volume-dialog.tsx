import { Progress } from '@patternfly/react-core/dist/esm/components/Progress'
import { useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { Volume } from '../../engine/live/live-data.ts'
import { clickDownload, saveStream } from '../../engine/transfers/save-stream.ts'
import { tooLargeFor } from '../../engine/transfers/too-large.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { useToasts } from '../../ui/toasts.tsx'

interface DownloadVolumeDialogProps {
  volume: Pick<Volume, 'Name'>
  /** A file or folder of it; all of it by default. */
  path?: string
  onClose: () => void
}

/** Downloads the files of a volume as an archive. */
export function DownloadVolumeDialog({ volume: { Name: name }, path, onClose }: DownloadVolumeDialogProps) {
  const { engine, archiveUrl, can } = useEngine()
  const { success } = useToasts()
  const [bytes, setBytes] = useState<number>()
  const file = `${path?.split('/').findLast((part) => part !== '') ?? name}.tar`
  const input = { name, ...(path === undefined ? {} : { path }) }
  const submit = async (signal: AbortSignal) => {
    // Browsers do not show why a download is refused.
    await engine['volume.exists']({ name }, { signal })
    const url = await archiveUrl('volume.export', input, file)
    if (url) clickDownload(url, file)
    else await saveStream(() => engine['volume.export'](input, { signal }), file, setBytes, tooLargeFor)
    success(url ? format(_('The browser is downloading {file}.'), { file }) : format(_('{file} was saved.'), { file }))
  }
  return (
    <ActionDialog
      title={format(_('Download {name}'), { name: path ?? name })}
      description={
        path === undefined ? _('Downloads all files of the volume as a tar archive.') : _('Downloads it as a tar archive.')
      }
      action={_('Download')}
      failed={_('Failed to download the files')}
      // The command line exports whole volumes.
      command={path === undefined ? commandLine(can.program, 'volume', 'export', '-o', file, name) : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      {bytes !== undefined && <Progress aria-label={file} title={file} value={0} label={formatSize(bytes)} />}
    </ActionDialog>
  )
}
