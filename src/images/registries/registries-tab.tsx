import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card } from '@patternfly/react-core/dist/esm/components/Card'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import RegistryIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-registry-icon'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import { useCallback } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, C_, format } from '../../i18n/gettext.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { ErrorView, EmptyView } from '../../ui/empty-states.tsx'
import { TableSkeleton } from '../../ui/tables/table-skeleton.tsx'
import { LoginDialog, LogoutDialog } from '../dialogs/lazy.ts'
import { TableScroll } from '../../ui/tables/table-scroll.tsx'

type Registry = Output<'registry.list'>[number]

/** The configured registries and their logins. */
export function RegistriesTab() {
  const { engine } = useEngine()
  const { open } = useDialogs()
  const ask = useCallback((signal: AbortSignal) => engine['registry.list']({}, { signal }), [engine])
  const { value, error, reload } = useCall(ask)
  const names = (value ?? []).map(({ Name }) => Name)
  const logIn = (registry?: string) =>
    open((close) => <LoginDialog registry={registry} suggestions={names} onDone={reload} onClose={close} />)
  const button = (
    <Button variant="primary" onClick={() => logIn()}>
      {_('Log in to a registry')}
    </Button>
  )
  if (!value && error) return <ErrorView title={_('Failed to list registries')} message={error.message} onRetry={reload} />
  return (
    <Card isCompact className="berth-table-card">
      <Toolbar className="berth-toolbar">
        <ToolbarContent>
          <ToolbarItem className="berth-quiet berth-toolbar-text">
            {_('Logins are stored on the host, for your account only. Registries are configured in registries.conf.')}
          </ToolbarItem>
          <ToolbarItem align={{ default: 'alignEnd' }}>{button}</ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {!value && <TableSkeleton columns={4} />}
      {value && value.length > 0 && <RegistriesTable registries={value} onLogIn={logIn} onChange={reload} />}
      {value?.length === 0 && (
        <EmptyView title={_('No registries are configured')} icon={RegistryIcon} action={button}>
          {_('Images can still be pulled by their full name. Log in to registries that require it.')}
        </EmptyView>
      )}
    </Card>
  )
}

interface RegistriesTableProps {
  registries: readonly Registry[]
  onLogIn: (registry: string) => void
  onChange: () => void
}

function RegistriesTable({ registries, onLogIn, onChange }: RegistriesTableProps) {
  return (
    <TableScroll>
      <Table role="table" aria-label={_('Registries')} variant="compact" gridBreakPoint="grid-md" className="berth-table">
        <Thead>
          <Tr>
            <Th>{_('Registry')}</Th>
            <Th>{_('Login')}</Th>
            <Th>{_('Settings')}</Th>
            <Th>{_('Mirrors')}</Th>
            <Th screenReaderText={_('Actions')} />
          </Tr>
        </Thead>
        <Tbody>
          {registries.map((registry) => (
            <RegistryRow key={registry.Name} registry={registry} onLogIn={onLogIn} onChange={onChange} />
          ))}
        </Tbody>
      </Table>
    </TableScroll>
  )
}

function RegistryRow({ registry, onLogIn, onChange }: Omit<RegistriesTableProps, 'registries'> & { registry: Registry }) {
  const { open } = useDialogs()
  const { Name, User, From, Removable, Blocked, Mirrors } = registry
  const logOut = () => open((close) => <LogoutDialog registry={Name} user={User ?? ''} onDone={onChange} onClose={close} />)
  return (
    <Tr>
      <Td dataLabel={_('Registry')}>
        <span className="berth-name">{Name}</span>
      </Td>
      <Td dataLabel={_('Login')}>
        {User === undefined ? (
          <span className="berth-quiet">{C_('login', 'None')}</span>
        ) : (
          <>
            {User}
            {From !== undefined && <div className="berth-quiet berth-small">{From}</div>}
          </>
        )}
      </Td>
      <Td dataLabel={_('Settings')}>
        <RegistryMarks registry={registry} />
      </Td>
      <Td dataLabel={_('Mirrors')}>{Mirrors.length === 0 ? <span aria-hidden="true">–</span> : Mirrors.join(', ')}</Td>
      <Td isActionCell className="berth-actions-cell">
        <div className="berth-row-actions">
          {User !== undefined && Removable !== false && (
            <Button
              variant="secondary"
              size="sm"
              onClick={logOut}
              aria-label={format(_('Log out of {registry}'), { registry: Name })}
            >
              {_('Log out')}
            </Button>
          )}
          {User === undefined && !Blocked && (
            <Button
              variant="secondary"
              size="sm"
              onClick={() => onLogIn(Name)}
              aria-label={format(_('Log in to {registry}'), { registry: Name })}
            >
              {_('Log in')}
            </Button>
          )}
        </div>
      </Td>
    </Tr>
  )
}

function RegistryMarks({ registry: { Search, Insecure, Blocked } }: { registry: Registry }) {
  if (!Search && !Insecure && !Blocked) return <span aria-hidden="true">–</span>
  return (
    <div className="berth-marks">
      {Search && (
        <Label isCompact variant="outline" title={_('Short names are searched in this registry')}>
          {_('Search registry')}
        </Label>
      )}
      {Insecure && (
        <Label isCompact color="orange" title={_('Plain HTTP and unknown certificates are allowed')}>
          {_('Insecure')}
        </Label>
      )}
      {Blocked && (
        <Label isCompact color="red" title={_('Images are not pulled from this registry')}>
          {_('Blocked')}
        </Label>
      )}
    </div>
  )
}
