import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useCallback } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _ } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { useCall } from '../../hooks/use-call.ts'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { createdByText } from './created-by.ts'
import { Waiting } from './waiting.tsx'

type Step = Output<'image.history'>[number]

/** The history of an image, newest first. */
export function HistoryTab({ image }: { image: Image }) {
  const { engine } = useEngine()
  const ask = useCallback((signal: AbortSignal) => engine['image.history']({ name: image.Id }, { signal }), [engine, image.Id])
  return (
    <Waiting call={useCall(ask, image)} failed={_('Failed to read the history')}>
      {(steps) => (
        <Card isCompact className="berth-table-card">
          <TableScroll label={_('History')}>
            <Table role="table" aria-label={_('History')} variant="compact" gridBreakPoint="grid-md" className="berth-table">
              <Thead>
                <Tr>
                  <Th>{_('Created by')}</Th>
                  <Th className="berth-number-cell">{_('Size')}</Th>
                  <Th>{_('Created')}</Th>
                </Tr>
              </Thead>
              <Tbody>
                {steps.map((step, index) => (
                  // Steps have no key, and their order never changes.
                  <StepRow key={index} step={step} />
                ))}
              </Tbody>
            </Table>
          </TableScroll>
        </Card>
      )}
    </Waiting>
  )
}

function StepRow({ step: { CreatedBy, Size, Created, Comment, Tags } }: { step: Step }) {
  return (
    <Tr>
      <Td dataLabel={_('Created by')}>
        <code className="berth-code" title={CreatedBy}>
          {createdByText(CreatedBy) || '–'}
        </code>
        {Comment !== '' && <div className="berth-quiet berth-small">{Comment}</div>}
        {(Tags ?? []).length > 0 && (
          <div className="berth-marks">
            {(Tags ?? []).map((tag) => (
              <Label key={tag} isCompact variant="outline">
                {tag}
              </Label>
            ))}
          </div>
        )}
      </Td>
      <Td dataLabel={_('Size')} modifier="nowrap" className="berth-number-cell">
        {Size > 0 ? formatSize(Size) : <span aria-hidden="true">–</span>}
      </Td>
      <Td dataLabel={_('Created')} modifier="nowrap">
        <TimeAgo value={Created} />
      </Td>
    </Tr>
  )
}
