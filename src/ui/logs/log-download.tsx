import { Dropdown, DropdownItem, DropdownList } from '@patternfly/react-core/dist/esm/components/Dropdown'
import { MenuToggle } from '@patternfly/react-core/dist/esm/components/MenuToggle'
import DownloadIcon from '@patternfly/react-icons/dist/esm/icons/download-icon'
import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { _, format } from '../../i18n/gettext.ts'
import { useToasts } from '../toasts.tsx'
import type { LogTimes } from './log-source.ts'

/** What of a log is downloaded, and how. */
export interface DownloadOptions extends LogTimes {
  readonly timestamps: boolean
  readonly gzip: boolean
}

/** Downloads a log. */
export interface LogDownloader {
  /** Whether it can be compressed. */
  readonly gzip: boolean
  /** Ends when the browser has it, or downloads it by itself. Fails with an {@link EngineError}. */
  start(options: DownloadOptions, fileName: string): Promise<void>
}

interface LogDownloadProps {
  /** The file's, without its ending. */
  name: string
  download: LogDownloader
  times: LogTimes
  timestamps: boolean
}

/** Downloads the whole log, as far as its time is chosen, from the host. */
export function LogDownload({ name, download, times, timestamps }: LogDownloadProps) {
  const { success, failure } = useToasts()
  const [open, setOpen] = useState(false)
  const start = async (gzip: boolean) => {
    setOpen(false)
    const fileName = `${name}.log${gzip ? '.gz' : ''}`
    try {
      await download.start({ ...times, timestamps, gzip }, fileName)
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
          <DropdownItem onClick={() => void start(false)}>{_('Text (.log)')}</DropdownItem>
          {download.gzip && <DropdownItem onClick={() => void start(true)}>{_('Compressed text (.log.gz)')}</DropdownItem>}
        </DropdownList>
      )}
    </Dropdown>
  )
}
