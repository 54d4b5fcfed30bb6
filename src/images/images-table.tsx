import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { memo } from 'react'

import { CreateContainerDialog } from '../containers/dialogs/create-container-dialog.tsx'
import { formatSize, shortId } from '../lib/format.ts'
import { _, format, ngettext } from '../lib/gettext.ts'
import { linkTo } from '../lib/location.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs.tsx'
import { ImageName } from '../ui/image-name.tsx'
import { SortHeader } from '../ui/sort-header.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { RemoveImageDialog } from './dialogs/remove-image-dialog.tsx'
import type { ImageRow, ImageSort } from './image-rows.ts'

interface ImagesTableProps {
  rows: readonly ImageRow[]
  sort: ImageSort
  onSort: (sort: ImageSort) => void
}

/** The images, one line for each name. */
export function ImagesTable({ rows, sort, onSort }: ImagesTableProps) {
  return (
    <Table role="table" aria-label={_('Images')} variant="compact" gridBreakPoint="grid-md" className="berth-table">
      <Thead>
        <Tr>
          <SortHeader name="name" sort={sort} onSort={onSort}>
            {_('Name')}
          </SortHeader>
          <Th>{_('Tag')}</Th>
          <Th>{_('ID')}</Th>
          <SortHeader name="size" sort={sort} onSort={onSort}>
            {_('Size')}
          </SortHeader>
          <SortHeader name="created" sort={sort} onSort={onSort}>
            {_('Created')}
          </SortHeader>
          <SortHeader name="used" sort={sort} onSort={onSort}>
            {_('Used by')}
          </SortHeader>
          <Th screenReaderText={_('Actions')} />
        </Tr>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Row key={row.key} row={row} />
        ))}
      </Tbody>
    </Table>
  )
}

const Row = memo(function Row({ row }: { row: ImageRow }) {
  const { image, reference, name, tag } = row
  const { open } = useDialogs()
  const shown = reference ?? shortId(image.Id)
  const run = () => open((close) => <CreateContainerDialog image={reference ?? image.Id} onClose={close} />)
  const remove = {
    key: 'remove',
    title: _('Remove…'),
    danger: true,
    run: () => open((close) => <RemoveImageDialog image={image} tag={reference} onClose={close} />),
  }
  return (
    <Tr>
      <Td dataLabel={_('Name')} className="berth-image-cell">
        {reference === undefined ? <span className="berth-quiet">{_('No name')}</span> : <ImageName name={name} />}
      </Td>
      <Td dataLabel={_('Tag')}>
        {tag === '' ? (
          <span aria-hidden="true">–</span>
        ) : (
          <Label isCompact variant="outline">
            {tag}
          </Label>
        )}
      </Td>
      <Td dataLabel={_('ID')}>
        <code title={image.Digest ?? image.Id}>{shortId(image.Id)}</code>
      </Td>
      <Td dataLabel={_('Size')} modifier="nowrap">
        {formatSize(image.Size)}
      </Td>
      <Td dataLabel={_('Created')} modifier="nowrap">
        <TimeAgo value={image.Created} />
      </Td>
      <Td dataLabel={_('Used by')} modifier="nowrap">
        {image.Containers > 0 ? (
          <a href={linkTo(['containers'], { filter: reference ?? '' })}>
            {ngettext('{n} container', '{n} containers', image.Containers)}
          </a>
        ) : (
          <span className="berth-quiet">{_('Nothing')}</span>
        )}
      </Td>
      <Td isActionCell className="berth-actions-cell">
        <div className="berth-row-actions">
          <Button variant="secondary" size="sm" onClick={run} aria-label={format(_('Run {name}'), { name: shown })}>
            {_('Run')}
          </Button>
          <ActionsMenu label={format(_('Actions for {name}'), { name: shown })} groups={[[remove]]} />
        </div>
      </Td>
    </Tr>
  )
})
