import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useCallback } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import type { Output } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _ } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { Copyable } from '../../ui/copyable.tsx'
import { Properties, type Property, property } from '../../ui/properties.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { namesOf } from '../../engine/image-summary.ts'
import { Names } from './overview-tab.tsx'
import { Waiting } from './waiting.tsx'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'

type Entry = NonNullable<Output<'manifest.inspect'>['manifests']>[number]

/** A manifest list: its names and its entries. */
export function ListTab({ image }: { image: Image }) {
  const { engine } = useEngine()
  const name = namesOf(image)[0] ?? image.Id
  const ask = useCallback((signal: AbortSignal) => engine['manifest.inspect']({ name }, { signal }), [engine, name])
  return (
    <div className="berth-list-tab">
      <div className="berth-cards">
        <Names image={image} />
        <Properties title={_('Image')} items={identity(image)} />
      </div>
      <Waiting call={useCall(ask, image)} failed={_('Failed to read the manifest list')}>
        {({ manifests }) => <Entries entries={manifests ?? []} />}
      </Waiting>
    </div>
  )
}

const identity = ({ Id, Digest, Created, Size }: Image): Property[] => [
  property(_('ID'), <Copyable text={Id} />),
  property(_('Digest'), Digest === undefined ? undefined : <Copyable text={Digest} />),
  property(_('Created'), <TimeAgo value={Created} />),
  [_('Size'), formatSize(Size)],
]

/** `linux/arm/v7`, or the media type of an entry without platform. */
function platformText({ platform, mediaType }: Entry): string {
  const { os, architecture, variant } = (platform ?? {}) as Partial<Record<'os' | 'architecture' | 'variant', unknown>>
  const words = [os, architecture, variant].filter((each): each is string => typeof each === 'string' && each !== '')
  return words.join('/') || mediaType
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  const { items } = useStore(useEngine().data.images)
  const here = new Map((items ?? []).map((image) => [image.Digest, image]))
  if (entries.length === 0) return <p className="berth-quiet">{_('The manifest list is empty.')}</p>
  return (
    <Card isCompact className="berth-table-card">
      <TableScroll>
        <Table
          role="table"
          aria-label={_('Images in the manifest list')}
          variant="compact"
          gridBreakPoint="grid-md"
          className="berth-table"
        >
          <Thead>
            <Tr>
              <Th>{_('Platform')}</Th>
              <Th>{_('Digest')}</Th>
              <Th modifier="nowrap">{_('On this host')}</Th>
              <Th modifier="nowrap" className="berth-number-cell">
                {_('Manifest')}
              </Th>
            </Tr>
          </Thead>
          <Tbody>
            {entries.map((entry) => (
              <Tr key={`${entry.digest} ${platformText(entry)}`}>
                <Td dataLabel={_('Platform')} modifier="nowrap">
                  {platformText(entry)}
                </Td>
                <Td dataLabel={_('Digest')}>
                  <Copyable text={entry.digest} />
                </Td>
                <Td dataLabel={_('On this host')}>
                  <Here image={here.get(entry.digest)} />
                </Td>
                <Td dataLabel={_('Manifest')} modifier="nowrap" className="berth-number-cell">
                  {formatSize(entry.size)}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </TableScroll>
    </Card>
  )
}

/** A link to the entry's image, if it is in the store. */
function Here({ image }: { image: Image | undefined }) {
  if (!image) return <span aria-hidden="true">–</span>
  const [name] = namesOf(image)
  return <a href={linkTo(['images', name ?? image.Id])}>{name ?? shortId(image.Id)}</a>
}
