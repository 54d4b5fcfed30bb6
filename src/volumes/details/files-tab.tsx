import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import FileIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-file-code-icon'
import FolderIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-folder-icon'
import { Table, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useCallback, useMemo } from 'react'

import type { VolumeFile } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { Volume } from '../../engine/live/live-data.ts'
import { linkTo, useQuery } from '../../hooks/route.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { EmptyView, ErrorView } from '../../ui/empty-states.tsx'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'
import { TableSkeleton } from '../../ui/tables/table-skeleton.tsx'
import { VirtualBody } from '../../ui/tables/virtual-body.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { DownloadVolumeDialog } from '../dialogs/lazy.ts'

/** The files of a volume, a folder at a time. The folder is in the address. */
export function FilesTab({ volume }: { volume: Volume }) {
  const { engine, data } = useEngine()
  const [path] = useQuery('path', '/')
  const ask = useCallback(
    (signal: AbortSignal) => engine['volume.files']({ name: volume.Name, path }, { signal }),
    [engine, volume.Name, path],
  )
  // What it holds changes with its containers, and with what is uploaded.
  const usage = useStore(data.volumeUsage).items?.find(({ Name }) => Name === volume.Name)
  const { value, error, reload } = useCall(ask, usage)
  const files = value?.Files ?? []
  if (error) return <ErrorView title={_('Failed to list files')} message={error.message} onRetry={reload} />
  return (
    <Card isCompact className="berth-table-card">
      <Toolbar className="berth-toolbar">
        <ToolbarContent>
          <ToolbarItem>
            <Place volume={volume.Name} path={path} />
          </ToolbarItem>
          <ToolbarItem align={{ default: 'alignEnd' }}>
            <Button variant="secondary" onClick={reload}>
              {_('Refresh')}
            </Button>
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {!value && <TableSkeleton columns={5} />}
      {files.length > 0 && <FilesTable volume={volume.Name} path={path} files={files} />}
      {value?.More && <p className="berth-quiet berth-card-note">{_('There are more files than are shown.')}</p>}
      {value && files.length === 0 && (
        <EmptyView title={_('This folder is empty')} icon={FolderIcon}>
          {_('Files that containers write here appear when the list is refreshed.')}
        </EmptyView>
      )}
    </Card>
  )
}

const folderLink = (volume: string, path: string): string =>
  linkTo(['volumes', volume], { tab: 'files', path: path === '/' ? '' : path })

/** The folders that lead to a folder. */
function Place({ volume, path }: { volume: string; path: string }) {
  const parts = path.split('/').filter(Boolean)
  return (
    <Breadcrumb aria-label={_('Folder')}>
      <BreadcrumbItem to={parts.length > 0 ? folderLink(volume, '/') : undefined} isActive={parts.length === 0}>
        {volume}
      </BreadcrumbItem>
      {parts.map((part, index) => {
        const last = index === parts.length - 1
        const place = `/${parts.slice(0, index + 1).join('/')}`
        return (
          <BreadcrumbItem key={place} to={last ? undefined : folderLink(volume, place)} isActive={last}>
            {part}
          </BreadcrumbItem>
        )
      })}
    </Breadcrumb>
  )
}

function FilesTable({ volume, path, files }: { volume: string; path: string; files: readonly VolumeFile[] }) {
  const keys = useMemo(() => files.map(({ name }) => name), [files])
  return (
    <TableScroll>
      <Table
        role="table"
        aria-label={_('Files')}
        aria-rowcount={files.length + 1}
        variant="compact"
        gridBreakPoint="grid-md"
        className="berth-table"
      >
        <Thead>
          <Tr aria-rowindex={1}>
            <Th>{_('Name')}</Th>
            <Th className="berth-number-cell">{_('Size')}</Th>
            <Th>{_('Mode')}</Th>
            <Th>{_('Owner')}</Th>
            <Th>{_('Changed')}</Th>
            <Th screenReaderText={_('Actions')} className="berth-actions-cell" />
          </Tr>
        </Thead>
        <VirtualBody
          keys={keys}
          estimate={45}
          columns={6}
          row={(index, position) => (
            <FileRow key={keys[index]} volume={volume} path={path} file={files[index]!} position={position} />
          )}
        />
      </Table>
    </TableScroll>
  )
}

interface FileRowProps {
  volume: string
  path: string
  file: VolumeFile
  position: number
}

function FileRow({ volume, path, file: { name, type, size, mode, uid, gid, mtime, target }, position }: FileRowProps) {
  const { open } = useDialogs()
  const place = `${path === '/' ? '' : path}/${name}`
  const folder = type === 'folder'
  return (
    <Tr aria-rowindex={position}>
      <Td dataLabel={_('Name')}>
        <span className="berth-file-name">
          {folder ? <FolderIcon /> : <FileIcon />} {folder ? <a href={folderLink(volume, place)}>{name}</a> : <span>{name}</span>}
          {target !== undefined && <span className="berth-quiet"> → {target}</span>}
        </span>
      </Td>
      <Td dataLabel={_('Size')} modifier="nowrap" className="berth-number-cell">
        {type === 'file' ? formatSize(size) : <span aria-hidden="true">–</span>}
      </Td>
      <Td dataLabel={_('Mode')}>
        <code>{mode.toString(8).padStart(4, '0')}</code>
      </Td>
      <Td dataLabel={_('Owner')}>
        {uid}:{gid}
      </Td>
      <Td dataLabel={_('Changed')} modifier="nowrap">
        <TimeAgo value={mtime} />
      </Td>
      <Td isActionCell className="berth-actions-cell">
        {(folder || type === 'file') && (
          <Button
            variant="link"
            size="sm"
            aria-label={format(_('Download {name}'), { name })}
            onClick={() => open((close) => <DownloadVolumeDialog volume={{ Name: volume }} path={place} onClose={close} />)}
          >
            {_('Download')}
          </Button>
        )}
      </Td>
    </Tr>
  )
}
