import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import FileIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-file-code-icon'
import FolderIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-folder-icon'
import { useMemo } from 'react'

import type { VolumeFile } from '../../../engine/contract/index.ts'
import { linkTo } from '../../hooks/route.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { DataTable, type TableColumn } from '../../ui/tables/data-table.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { DownloadVolumeDialog } from '../dialogs/lazy.ts'

/** The address of a folder of a volume. */
export const folderLink = (volume: string, path: string): string =>
  linkTo(['volumes', volume], { tab: 'files', path: path === '/' ? '' : path })

interface FilesTableProps {
  volume: string
  /** The folder, from the volume's root. */
  path: string
  files: readonly VolumeFile[]
}

/** What is in a folder of a volume. */
export function FilesTable({ volume, path, files }: FilesTableProps) {
  const columns = useMemo(() => columnsOf(volume, path), [volume, path])
  return <DataTable label={_('Files')} rows={files} columns={columns} keyOf={keyOf} estimate={45} breakPoint="grid-md" />
}

const keyOf = ({ name }: VolumeFile): string => name

function columnsOf(volume: string, path: string): readonly TableColumn<VolumeFile>[] {
  const placeOf = ({ name }: VolumeFile) => `${path === '/' ? '' : path}/${name}`
  return [
    {
      key: 'name',
      title: () => _('Name'),
      className: 'berth-title-cell',
      cell: (file) => <FileName file={file} link={folderLink(volume, placeOf(file))} />,
    },
    {
      key: 'size',
      title: () => _('Size'),
      width: 8,
      isNumber: true,
      cell: ({ type, size }) => (type === 'file' ? formatSize(size) : <span aria-hidden="true">–</span>),
    },
    { key: 'mode', title: () => _('Mode'), width: 5, cell: ({ mode }) => <code>{mode.toString(8).padStart(4, '0')}</code> },
    { key: 'owner', title: () => _('Owner'), width: 8, cell: ({ uid, gid }) => `${uid}:${gid}` },
    { key: 'changed', title: () => _('Changed'), width: 9, nowrap: true, cell: ({ mtime }) => <TimeAgo value={mtime} /> },
    {
      key: 'actions',
      title: () => _('Actions'),
      width: 7,
      actions: true,
      cell: (file) => <DownloadButton volume={volume} file={file} place={placeOf(file)} />,
    },
  ]
}

function FileName({ file: { name, type, target }, link }: { file: VolumeFile; link: string }) {
  const folder = type === 'folder'
  return (
    <span className="berth-file-name">
      {folder ? <FolderIcon /> : <FileIcon />} {folder ? <a href={link}>{name}</a> : <span>{name}</span>}
      {target !== undefined && <span className="berth-quiet"> → {target}</span>}
    </span>
  )
}

function DownloadButton({ volume, file: { name, type }, place }: { volume: string; file: VolumeFile; place: string }) {
  const { open } = useDialogs()
  if (type !== 'folder' && type !== 'file') return null
  return (
    <Button
      variant="link"
      size="sm"
      aria-label={format(_('Download {name}'), { name })}
      onClick={() => open((close) => <DownloadVolumeDialog volume={{ Name: volume }} path={place} onClose={close} />)}
    >
      {_('Download')}
    </Button>
  )
}
