import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { Table, Tbody, Td, Tr } from '@patternfly/react-table/dist/esm/components/Table'

import { _ } from '../../i18n/gettext.ts'

/** The placeholder of a table that is loading. */
export function TableSkeleton({ columns, rows = 6 }: { columns: number; rows?: number }) {
  return (
    <Table role="table" aria-label={_('Loading')} aria-busy="true" variant="compact">
      <Tbody>
        {Array.from({ length: rows }, (_unused, row) => (
          <Tr key={row}>
            {Array.from({ length: columns }, (_none, column) => (
              <Td key={column}>
                <Skeleton width={column === 0 ? '70%' : '50%'} screenreaderText={row + column === 0 ? _('Loading') : undefined} />
              </Td>
            ))}
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}
