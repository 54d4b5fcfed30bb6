import { Dropdown, DropdownItem, DropdownList } from '@patternfly/react-core/dist/esm/components/Dropdown'
import { MenuToggle } from '@patternfly/react-core/dist/esm/components/MenuToggle'
import DownloadIcon from '@patternfly/react-icons/dist/esm/icons/download-icon'
import { useState } from 'react'

import { EngineError } from '../../../../engine/errors/index.ts'
import { type EngineContextValue, useEngine } from '../../../engine/engine-context.tsx'
import { clickDownload, saveStream } from '../../../engine/transfers/save-stream.ts'
import { _, format } from '../../../i18n/gettext.ts'
import { useToasts } from '../../../ui/toasts.tsx'
import type { LogTimes } from './log-source.ts'

interface LogDownloadProps {
  id: string
  name: string
  times: LogTimes
  timestamps: boolean
}

type Form = 'text' | 'gzip'

/** Downloads the whole log, as far as its time is chosen, from the host. */
export function LogDownload({ id, name, times, timestamps }: LogDownloadProps) {
  const context = useEngine()
  const { success, failure } = useToasts()
  const [open, setOpen] = useState(false)
  const download = async (form: Form) => {
    setOpen(false)
    const fileName = `${name}.log${form === 'gzip' ? '.gz' : ''}`
    try {
      await start(context, { name: id, ...times, timestamps, gzip: form === 'gzip' }, fileName)
      success(format(_('The browser is downloading {file}.'), { file: fileName }))
    } catch (error) {
      failure(_('Failed to download the log'), EngineError.from(error))
    }
  }
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      popperProps={{ position: 'right', appendTo: () => document.getElementById('berth-main') ?? document.body }}
      toggle={(toggle) => (
        <MenuToggle ref={toggle} variant="secondary" icon={<DownloadIcon />} isExpanded={open} onClick={() => setOpen(!open)}>
          {_('Download')}
        </MenuToggle>
      )}
    >
      {open && (
        <DropdownList>
          <DropdownItem onClick={() => void download('text')}>{_('Text (.log)')}</DropdownItem>
          {context.can.does('container.logExport') && (
            <DropdownItem onClick={() => void download('gzip')}>{_('Compressed text (.log.gz)')}</DropdownItem>
          )}
        </DropdownList>
      )}
    </Dropdown>
  )
}

type Request = { name: string; since?: string | undefined; until?: string | undefined; timestamps: boolean; gzip: boolean }

async function start({ engine, archiveUrl, can }: EngineContextValue, request: Request, fileName: string): Promise<void> {
  const ours = can.does('container.logExport')
  const url = ours ? await archiveUrl('container.logExport', request, fileName) : undefined
  if (url) return clickDownload(url, fileName)
  const { gzip: _gzip, ...plain } = request
  const open = async () =>
    ours
      ? engine['container.logExport'](request)
      : bytesOf(await engine['container.logs']({ ...plain, follow: false, stdout: true, stderr: true }))
  await saveStream(
    open,
    fileName,
    () => {},
    () => new EngineError('TooLarge', _('The log is too large for this browser. Save it on the host with the command line.')),
  )
}

async function* bytesOf(chunks: AsyncIterable<{ data: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { data } of chunks) yield data
}
