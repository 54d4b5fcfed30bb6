import { Progress } from '@patternfly/react-core/dist/esm/components/Progress'
import { useState } from 'react'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { clickDownload, saveStream } from '../../engine/transfers/save-stream.ts'
import { tooLargeFor } from '../../engine/transfers/too-large.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { useToasts } from '../../ui/toasts.tsx'

/** Downloads the files of a container as an archive. */
export function ExportDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, archiveUrl, can } = useEngine()
  const { success } = useToasts()
  const [bytes, setBytes] = useState<number>()
  const name = nameOf(container)
  const file = `${name}.tar`
  const submit = async (signal: AbortSignal) => {
    // Browsers do not show why a download is refused.
    await engine['container.exists']({ name: container.Id }, { signal })
    const url = await archiveUrl('container.export', { name: container.Id }, file)
    if (url) clickDownload(url, file)
    else await saveStream(() => engine['container.export']({ name: container.Id }, { signal }), file, setBytes, tooLargeFor)
    success(url ? format(_('The browser is downloading {file}.'), { file }) : format(_('{file} was saved.'), { file }))
  }
  return (
    <ActionDialog
      title={format(_('Export {name}'), { name })}
      description={_(
        'Downloads all files of the container as a tar archive, without its volumes. It can be imported as an image.',
      )}
      action={_('Download')}
      failed={_('Failed to export the container')}
      command={commandLine(can.program, 'export', '-o', file, name)}
      onSubmit={submit}
      onClose={onClose}
    >
      {bytes !== undefined && (
        // How much there will be is not known.
        <Progress aria-label={file} title={file} value={0} label={formatSize(bytes)} />
      )}
    </ActionDialog>
  )
}
