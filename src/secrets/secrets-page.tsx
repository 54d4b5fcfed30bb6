import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-key-icon'
import { Table, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import type { Secret } from '../engine/live/live-data.ts'
import { useQuery } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { _, format, ngettext } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { EmptyView, ErrorView, NoResults } from '../ui/empty-states.tsx'
import { LiveRegion } from '../ui/live-region.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { TableScroll } from '../ui/tables/table-scroll.tsx'
import { TableSkeleton } from '../ui/tables/table-skeleton.tsx'
import { VirtualBody } from '../ui/tables/virtual-body.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { CreateSecretDialog, RemoveSecretDialog } from './dialogs/lazy.ts'

/** All secrets of the user, without their values. */
export function SecretsPage() {
  const { data } = useEngine()
  const { items, error } = useStore(data.secrets)
  const [text, setText] = useQuery('filter', '')
  const rows = useMemo(
    () => (items ?? []).filter((secret) => searched(secret).includes(text.trim().toLowerCase())),
    [items, text],
  )
  if (!items && error)
    return <ErrorView title={_('Failed to list secrets')} message={error.message} onRetry={() => void data.secrets.refresh()} />
  return (
    <PageSection isFilled className="berth-list-page" aria-labelledby="berth-title">
      <PageTitle>{_('Secrets')}</PageTitle>
      {error && (
        <Alert isInline variant="warning" title={_('This list may be out of date')}>
          {error.message}
        </Alert>
      )}
      <Card isCompact className="berth-table-card">
        {items?.length !== 0 && (
          <Toolbar className="berth-toolbar berth-images-toolbar">
            <ToolbarContent>
              <ToolbarItem className="berth-search">
                <SearchInput
                  value={text}
                  onChange={(_event, next) => setText(next)}
                  onClear={() => setText('')}
                  placeholder={_('Filter by name or label…')}
                  aria-label={_('Filter secrets')}
                  resetButtonLabel={_('Clear filter')}
                />
              </ToolbarItem>
              <ToolbarItem align={{ default: 'alignEnd' }}>
                <CreateButton />
              </ToolbarItem>
            </ToolbarContent>
          </Toolbar>
        )}
        <LiveRegion>{items && items.length > 0 ? ngettext('{n} line', '{n} lines', rows.length) : ''}</LiveRegion>
        {!items && <TableSkeleton columns={5} />}
        {rows.length > 0 && <SecretsTable secrets={rows} />}
        {items && items.length > 0 && rows.length === 0 && <NoResults onClear={() => setText('')} />}
        {items?.length === 0 && (
          <EmptyView title={_('No secrets yet')} icon={KeyIcon} action={<CreateButton />}>
            {_('A secret is a password or key that containers get as a file or variable, without being part of an image.')}
          </EmptyView>
        )}
      </Card>
    </PageSection>
  )
}

const searched = ({ Spec }: Secret): string =>
  [Spec.Name, ...Object.entries(Spec.Labels ?? {}).map(([name, value]) => `${name}=${value}`)].join('\n').toLowerCase()

function CreateButton() {
  const { open } = useDialogs()
  return (
    <Button variant="primary" onClick={() => open((close) => <CreateSecretDialog onClose={close} />)}>
      {_('Create secret')}
    </Button>
  )
}

function SecretsTable({ secrets }: { secrets: readonly Secret[] }) {
  const keys = useMemo(() => secrets.map(({ ID }) => ID), [secrets])
  return (
    <TableScroll>
      <Table
        role="table"
        aria-label={_('Secrets')}
        aria-rowcount={secrets.length + 1}
        variant="compact"
        gridBreakPoint="grid-md"
        className="berth-table berth-volumes"
      >
        <Thead>
          <Tr aria-rowindex={1}>
            <Th>{_('Name')}</Th>
            <Th>{_('Driver')}</Th>
            <Th>{_('Labels')}</Th>
            <Th>{_('Created')}</Th>
            <Th>{_('Changed')}</Th>
            <Th screenReaderText={_('Actions')} className="berth-actions-cell" />
          </Tr>
        </Thead>
        <VirtualBody
          keys={keys}
          estimate={49}
          columns={6}
          row={(index, position) => <Row key={keys[index]} secret={secrets[index]!} position={position} />}
        />
      </Table>
    </TableScroll>
  )
}

function Row({ secret, position }: { secret: Secret; position: number }) {
  const { open } = useDialogs()
  const { Spec, CreatedAt, UpdatedAt } = secret
  const labels = Object.entries(Spec.Labels ?? {})
  return (
    <Tr aria-rowindex={position}>
      <Td dataLabel={_('Name')} className="berth-volume-cell">
        <span className="berth-name" title={Spec.Name}>
          {Spec.Name}
        </span>
      </Td>
      <Td dataLabel={_('Driver')}>{Spec.Driver.Name}</Td>
      <Td dataLabel={_('Labels')}>
        {labels.length === 0 ? (
          <span aria-hidden="true">–</span>
        ) : (
          <div className="berth-marks">
            {labels.map(([name, value]) => (
              <Label key={name} isCompact variant="outline" title={`${name}=${value}`}>
                {value === '' ? name : `${name}=${value}`}
              </Label>
            ))}
          </div>
        )}
      </Td>
      <Td dataLabel={_('Created')} modifier="nowrap">
        <TimeAgo value={CreatedAt} />
      </Td>
      <Td dataLabel={_('Changed')} modifier="nowrap">
        <TimeAgo value={UpdatedAt} />
      </Td>
      <Td isActionCell className="berth-actions-cell">
        <div className="berth-row-actions">
          <ActionsMenu
            label={format(_('Actions for {name}'), { name: Spec.Name })}
            groups={[
              [
                {
                  key: 'replace',
                  title: _('Replace value…'),
                  run: () => open((close) => <CreateSecretDialog replace={Spec.Name} onClose={close} />),
                },
              ],
              [
                {
                  key: 'remove',
                  title: _('Remove…'),
                  danger: true,
                  run: () => open((close) => <RemoveSecretDialog secret={secret} onClose={close} />),
                },
              ],
            ]}
          />
        </div>
      </Td>
    </Tr>
  )
}
