import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'

import { nameOf } from '../../containers/grouping.ts'
import { _ } from '../../lib/gettext.ts'
import type { Image } from '../../lib/live-data.ts'
import { linkTo } from '../../lib/location.ts'
import { NothingYet } from '../../ui/empty.tsx'
import { StateLabel } from '../../ui/state-label.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useImageActions } from '../image-actions.tsx'
import { namesOf } from '../image-rows.ts'
import { useUsers } from '../used-by.tsx'

/** The containers made from an image. */
export function ContainersTab({ image }: { image: Image }) {
  const users = useUsers(image)
  const { run } = useImageActions()(image, namesOf(image)[0])
  if (users.length === 0)
    return (
      <NothingYet title={_('No container uses it')} action={<Button onClick={run}>{_('Run')}</Button>}>
        {_('Containers made from this image appear here.')}
      </NothingYet>
    )
  return (
    <Card isCompact className="berth-table-card">
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
                <StateLabel state={container.State} exitCode={container.ExitCode} />
              </Td>
              <Td dataLabel={_('Created')}>
                <TimeAgo value={container.Created} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Card>
  )
}
