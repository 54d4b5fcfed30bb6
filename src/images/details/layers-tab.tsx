import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useCallback } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import type { Output } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { useCall } from '../../hooks/use-call.ts'
import { shownName } from '../image-rows.ts'
import { createdByText } from './created-by.ts'
import { Waiting } from './waiting.tsx'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'

type Layer = Output<'image.layers'>[number]

/** The layers of an image, lowest first, with size, build step and the images that share them. */
export function LayersTab({ image }: { image: Image }) {
  const { engine } = useEngine()
  const ask = useCallback((signal: AbortSignal) => engine['image.layers']({ name: image.Id }, { signal }), [engine, image.Id])
  return (
    <Waiting call={useCall(ask, image)} failed={_('Failed to read the layers')}>
      {(layers) => <Layers layers={layers} />}
    </Waiting>
  )
}

function Layers({ layers }: { layers: readonly Layer[] }) {
  const largest = Math.max(1, ...layers.map(({ size }) => size))
  const sum = (of: (layer: Layer) => number) => layers.reduce((total, layer) => total + of(layer), 0)
  return (
    <>
      <p className="berth-quiet berth-tab-sum">
        {format(_('{layers}: {size} uncompressed, {compressed} compressed'), {
          layers: ngettext('{n} layer', '{n} layers', layers.length),
          size: formatSize(sum(({ size }) => size)),
          compressed: formatSize(sum(({ compressedSize }) => compressedSize)),
        })}
      </p>
      <Card isCompact className="berth-table-card">
        <TableScroll label={_('Layers')}>
          <Table role="table" aria-label={_('Layers')} variant="compact" gridBreakPoint="grid-lg" className="berth-table">
            <Thead>
              <Tr>
                <Th>{_('Layer')}</Th>
                <Th className="berth-number-cell">{_('Size')}</Th>
                <Th modifier="nowrap" className="berth-number-cell">
                  {_('Compressed')}
                </Th>
                <Th>{_('Created by')}</Th>
                <Th>{_('Shared with')}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {layers.map((layer, index) => (
                <LayerRow key={`${index} ${layer.diffId}`} layer={layer} share={layer.size / largest} />
              ))}
            </Tbody>
          </Table>
        </TableScroll>
      </Card>
    </>
  )
}

function LayerRow({ layer, share }: { layer: Layer; share: number }) {
  const { diffId, digest, mediaType, size, compressedSize, createdBy } = layer
  return (
    <Tr>
      <Td dataLabel={_('Layer')}>
        <code title={`${digest || diffId}\n${mediaType}`}>{shortId(digest || diffId)}</code>
      </Td>
      <Td dataLabel={_('Size')} modifier="nowrap" className="berth-number-cell">
        <div className="berth-layer-size">
          <span className="berth-number">{formatSize(size)}</span>
          <span className="berth-bar" aria-hidden="true">
            <span style={{ width: `${Math.max(1, share * 100)}%` }} />
          </span>
        </div>
      </Td>
      <Td dataLabel={_('Compressed')} modifier="nowrap" className="berth-number-cell">
        {compressedSize > 0 ? formatSize(compressedSize) : <span aria-hidden="true">–</span>}
      </Td>
      <Td dataLabel={_('Created by')}>
        {createdBy === '' ? (
          <span aria-hidden="true">–</span>
        ) : (
          <code className="berth-code berth-step" title={createdBy}>
            {createdByText(createdBy)}
          </code>
        )}
      </Td>
      <Td dataLabel={_('Shared with')}>
        <SharedWith names={layer.sharedWith} />
      </Td>
    </Tr>
  )
}

const shown = 3

function SharedWith({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="berth-quiet">{_('None')}</span>
  return (
    <div className="berth-used">
      {names.slice(0, shown).map((name) => (
        <a key={name} href={linkTo(['images', name], { tab: 'layers' })}>
          {shownName(name)}
        </a>
      ))}
      {names.length > shown && (
        <span className="berth-quiet" title={names.slice(shown).join('\n')}>
          {format(_('{count} more'), { count: names.length - shown })}
        </span>
      )}
    </div>
  )
}
