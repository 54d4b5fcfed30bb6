import { Card, CardTitle } from '@patternfly/react-core/dist/esm/components/Card'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'

import type { Output } from '../../engine/contract/index.ts'
import { _, C_ } from '../i18n/gettext.ts'

type Config = Output<'system.config'>
type File = Config['Files'][number]

/** The files that are looked for, in the order in which they are read. */
export function ConfigurationFiles({ files }: { files: Config['Files'] }) {
  return (
    <Card isCompact className="berth-table-card berth-system-card">
      <CardTitle component="h2">{_('Configuration files')}</CardTitle>
      <Table
        role="table"
        aria-label={_('Configuration files')}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="berth-table"
      >
        <Thead>
          <Tr>
            <Th>{_('File')}</Th>
            <Th>{C_('configuration', 'Kind')}</Th>
            <Th>{_('Effect')}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {files.map((file) => (
            <Tr key={`${file.Name} ${file.Path}`}>
              <Td dataLabel={_('File')} className="berth-event-object">
                <code className="berth-code">{file.Path}</code>
              </Td>
              <Td dataLabel={C_('configuration', 'Kind')}>{file.Name}</Td>
              <Td dataLabel={_('Effect')}>
                <Effect file={file} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Card>
  )
}

function Effect({ file: { Exists, Used, Error: error } }: { file: File }) {
  if (error !== undefined)
    return (
      <>
        <Label isCompact color="red">
          {C_('configuration', 'Not understood')}
        </Label>{' '}
        {error}
      </>
    )
  if (!Exists) return <span className="berth-quiet">{C_('configuration', 'Does not exist')}</span>
  return Used ? (
    <Label isCompact color="green">
      {C_('configuration', 'In use')}
    </Label>
  ) : (
    <Label isCompact>{C_('configuration', 'Overridden by a file above')}</Label>
  )
}

/** What containers.conf sets; everything else has its default. */
export function Settings({ settings }: { settings: Config['Settings'] }) {
  if (settings.length === 0) return null
  return (
    <Card isCompact className="berth-table-card berth-system-card">
      <CardTitle component="h2">{_('Settings of containers.conf')}</CardTitle>
      <Table
        role="table"
        aria-label={_('Settings of containers.conf')}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="berth-table"
      >
        <Thead>
          <Tr>
            <Th>{_('Setting')}</Th>
            <Th>{_('Value')}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {settings.map(({ Name, Value }) => (
            <Tr key={Name}>
              <Td dataLabel={_('Setting')}>
                <code className="berth-code">{Name}</code>
              </Td>
              <Td dataLabel={_('Value')} className="berth-event-object">
                {Value}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Card>
  )
}
