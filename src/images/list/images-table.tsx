import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { useMemo } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import { _, format } from '../../i18n/gettext.ts'
import { linkTo } from '../../hooks/route.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { ImageName } from '../../ui/image-name.tsx'
import { DataTable, type TableColumn } from '../../ui/tables/data-table.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useImageActions } from '../image-actions.tsx'
import { ImageSize, KindMarks, NewerBadge } from '../image-marks.tsx'
import type { ImageRow, ImageSort, ImageSortKey } from '../image-rows.ts'
import { selectable, isAllSelected, type Selection } from './selection.ts'
import { UsedBy } from './used-by.tsx'

const columns: readonly TableColumn<ImageRow, ImageSortKey>[] = [
  {
    key: 'name',
    title: () => _('Name'),
    sort: 'name',
    className: 'berth-image-cell',
    cell: ({ image, reference, name }) => (
      <a href={linkTo(['images', reference ?? image.Id])}>
        {reference === undefined ? <span className="berth-placeholder">{_('Untagged')}</span> : <ImageName name={name} />}
      </a>
    ),
  },
  { key: 'tag', title: () => _('Tag'), width: 9.5, className: 'berth-tag-cell', cell: (row) => <Tags row={row} /> },
  {
    key: 'digest',
    title: () => _('Digest'),
    width: 8.5,
    className: 'berth-digest-cell',
    mayHide: true,
    cell: ({ image: { Id, Digest = Id } }) => <code title={Digest}>{shortId(Digest)}</code>,
  },
  {
    key: 'size',
    title: () => _('Size'),
    sort: 'size',
    width: 7,
    isNumber: true,
    cell: ({ image }) => <ImageSize image={image} />,
  },
  {
    key: 'created',
    title: () => _('Created'),
    sort: 'created',
    width: 9,
    nowrap: true,
    cell: ({ image }) => <TimeAgo value={image.Created} />,
  },
  {
    key: 'used',
    title: () => _('Used by'),
    sort: 'used',
    width: 9,
    cell: ({ image, reference }) => <UsedBy image={image} reference={reference} />,
  },
  { key: 'actions', title: () => _('Actions'), width: 8.5, actions: true, cell: (row) => <RowActions row={row} /> },
]

interface ImagesTableProps {
  rows: readonly ImageRow[]
  sort: ImageSort
  onSort: (sort: ImageSort) => void
  selection: Selection
}

/** The images, one row for each name. */
export function ImagesTable({ rows, sort, onSort, selection }: ImagesTableProps) {
  const chosen = useMemo(
    () => ({
      keys: selection.keys,
      all: isAllSelected(selection, rows),
      onAll: (on: boolean) => selection.set(on ? selectable(rows) : []),
      onRow: selection.select,
      nameOf: shownAs,
      isFixed: ({ image }: ImageRow) => image.ReadOnly,
    }),
    [selection, rows],
  )
  return (
    <DataTable
      label={_('Images')}
      className="berth-images"
      rows={rows}
      columns={columns}
      keyOf={keyOf}
      sort={sort}
      onSort={onSort}
      selection={chosen}
    />
  )
}

const keyOf = ({ key }: ImageRow): string => key

const shownAs = ({ image, reference }: ImageRow): string => reference ?? shortId(image.Id)

function Tags({ row: { image, reference, tag } }: { row: ImageRow }) {
  return (
    <div className="berth-marks">
      {tag !== '' && (
        <Label isCompact variant="outline" title={tag}>
          {tag}
        </Label>
      )}
      <KindMarks image={image} />
      <NewerBadge image={image} reference={reference} />
    </div>
  )
}

function RowActions({ row }: { row: ImageRow }) {
  const { image, reference } = row
  const { run, groups } = useImageActions()(image, reference)
  const name = shownAs(row)
  return (
    <>
      {!image.IsManifestList && (
        <Button variant="secondary" size="sm" onClick={run} aria-label={format(_('Run {name}'), { name })}>
          {_('Run')}
        </Button>
      )}
      <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />
    </>
  )
}
