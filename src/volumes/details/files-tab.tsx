import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import FolderIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-folder-icon'
import { useCallback } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { Volume } from '../../engine/live/live-data.ts'
import { useQuery } from '../../hooks/route.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _ } from '../../i18n/gettext.ts'
import { EmptyView, ErrorView } from '../../ui/empty-states.tsx'
import { TableSkeleton } from '../../ui/tables/table-skeleton.tsx'
import { FilesTable, folderLink } from './files-table.tsx'

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
        <ToolbarContent alignItems="center">
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
