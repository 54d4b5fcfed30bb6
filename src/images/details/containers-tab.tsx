import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'

import { _ } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { EmptyView } from '../../ui/empty-states.tsx'
import { ContainerState } from '../../ui/container-state.tsx'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useImageActions } from '../image-actions.tsx'
import { namesOf } from '../../engine/image-summary.ts'
import { useContainersOf } from '../list/used-by.tsx'
import { nameOf } from '../../engine/container-summary.ts'

/** The containers made from an image. */
export function ContainersTab({ image }: { image: Image }) {
  const users = useContainersOf(image)
  const { run } = useImageActions()(image, namesOf(image)[0])
  if (users.length === 0)
    return (
      <EmptyView title={_('No containers use this image')} action={<Button onClick={run}>{_('Run')}</Button>}>
        {_('Containers created from this image appear here.')}
      </EmptyView>
    )
  return (
    <Card isCompact className="berth-table-card">
      <TableScroll>
        <Table role="table" aria-label={_('Containers')} variant="compact" gridBreakPoint="grid-md" className="berth-table">
          <Thead>
            <Tr>
              <Th>{_('Name')}</Th>
              <Th>{_('State')}</Th>
              <Th>{_('Created')}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {users.map((container) => (
              <Tr key={container.Id}>
                <Td dataLabel={_('Name')}>
                  <a className="berth-name" href={linkTo(['containers', container.Id])}>
                    {nameOf(container)}
                  </a>
                </Td>
                <Td dataLabel={_('State')}>
                  <ContainerState container={container} />
                </Td>
                <Td dataLabel={_('Created')}>
                  <TimeAgo value={container.Created} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </TableScroll>
    </Card>
  )
}
