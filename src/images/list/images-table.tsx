import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Table, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { memo, useMemo } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import { _, format } from '../../i18n/gettext.ts'
import { linkTo } from '../../hooks/route.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { ImageName } from '../../ui/image-name.tsx'
import { ColumnWidths } from '../../ui/tables/column-widths.tsx'
import { RowCheck } from '../../ui/tables/row-check.tsx'
import { SortHeader } from '../../ui/tables/sort-header.tsx'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'
import { VirtualBody } from '../../ui/tables/virtual-body.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useImageActions } from '../image-actions.tsx'
import { ImageSize, KindMarks, NewerBadge } from '../image-marks.tsx'
import type { ImageRow, ImageSort } from '../image-rows.ts'
import { selectable, isAllSelected, type Selection } from './selection.ts'
import { UsedBy } from './used-by.tsx'

interface ImagesTableProps {
  rows: readonly ImageRow[]
  sort: ImageSort
  onSort: (sort: ImageSort) => void
  selection: Selection
}

/** The height of most rows, in pixels. */
const usualHeight = 49

const widths = [
  { width: 2.75 },
  {},
  { width: 9.5 },
  { width: 8.5, className: 'berth-digest-cell' },
  { width: 7 },
  { width: 9 },
  { width: 9 },
  { width: 8.5 },
]

/** The images, one row for each name. Only those in sight are rendered. */
export function ImagesTable({ rows, sort, onSort, selection }: ImagesTableProps) {
  const keys = useMemo(() => rows.map(({ key }) => key), [rows])
  return (
    <TableScroll>
      <Table
        role="table"
        aria-label={_('Images')}
        aria-rowcount={rows.length + 1}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="berth-table berth-images"
      >
        <ColumnWidths columns={widths} />
        <Thead>
          <Tr aria-rowindex={1}>
            <Th className="berth-select-cell">
              <RowCheck
                id="berth-choose-all"
                label={_('Select all')}
                checked={isAllSelected(selection, rows)}
                onChange={(on) => selection.set(on ? selectable(rows) : [])}
              />
            </Th>
            <SortHeader name="name" sort={sort} onSort={onSort}>
              {_('Name')}
            </SortHeader>
            <Th>{_('Tag')}</Th>
            <Th className="berth-digest-cell">{_('Digest')}</Th>
            <SortHeader name="size" sort={sort} onSort={onSort} isNumber>
              {_('Size')}
            </SortHeader>
            <SortHeader name="created" sort={sort} onSort={onSort}>
              {_('Created')}
            </SortHeader>
            <SortHeader name="used" sort={sort} onSort={onSort}>
              {_('Used by')}
            </SortHeader>
            <Th screenReaderText={_('Actions')} className="berth-actions-cell" />
          </Tr>
        </Thead>
        <VirtualBody
          keys={keys}
          estimate={usualHeight}
          // One is hidden where there is little room, and a gap must not make another.
          columns={7}
          row={(index, position) => {
            const row = rows[index]!
            return (
              <Row
                key={row.key}
                row={row}
                position={position}
                selected={selection.keys.has(row.key)}
                onSelect={selection.select}
              />
            )
          }}
        />
      </Table>
    </TableScroll>
  )
}

interface RowProps {
  row: ImageRow
  position: number
  selected: boolean
  onSelect: (key: string, on: boolean) => void
}

const Row = memo(function Row({ row, position, selected, onSelect }: RowProps) {
  const { image, reference, name, tag } = row
  const { run, groups } = useImageActions()(image, reference)
  const shown = reference ?? shortId(image.Id)
  return (
    <Tr data-row={row.key} aria-rowindex={position} isRowSelected={selected}>
      <Td className="berth-select-cell">
        <RowCheck
          id={`berth-choose-${row.key}`}
          label={format(_('Select {name}'), { name: shown })}
          checked={selected}
          disabled={image.ReadOnly}
          onChange={(on) => onSelect(row.key, on)}
        />
      </Td>
      <Td dataLabel={_('Name')} className="berth-image-cell">
        <a href={linkTo(['images', reference ?? image.Id])}>
          {reference === undefined ? <span className="berth-placeholder">{_('Untagged')}</span> : <ImageName name={name} />}
        </a>
      </Td>
      <Td dataLabel={_('Tag')} className="berth-tag-cell">
        <div className="berth-marks">
          {tag !== '' && (
            <Label isCompact variant="outline" title={tag}>
              {tag}
            </Label>
          )}
          <KindMarks image={image} />
          <NewerBadge image={image} reference={reference} />
        </div>
      </Td>
      <Td dataLabel={_('Digest')} className="berth-digest-cell">
        <code title={image.Digest ?? image.Id}>{shortId(image.Digest ?? image.Id)}</code>
      </Td>
      <Td dataLabel={_('Size')} modifier="nowrap" className="berth-number-cell">
        <ImageSize image={image} />
      </Td>
      <Td dataLabel={_('Created')} modifier="nowrap">
        <TimeAgo value={image.Created} />
      </Td>
      <Td dataLabel={_('Used by')}>
        <UsedBy image={image} reference={reference} />
      </Td>
      <Td isActionCell className="berth-actions-cell">
        <div className="berth-row-actions">
          {!image.IsManifestList && (
            <Button variant="secondary" size="sm" onClick={run} aria-label={format(_('Run {name}'), { name: shown })}>
              {_('Run')}
            </Button>
          )}
          <ActionsMenu label={format(_('Actions for {name}'), { name: shown })} groups={groups} />
        </div>
      </Td>
    </Tr>
  )
})
