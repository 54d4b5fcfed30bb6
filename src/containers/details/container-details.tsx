import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback } from 'react'

import type { ContainerInspect } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { type CallState, useCall } from '../../hooks/use-call.ts'
import { useSelected, useStore } from '../../hooks/use-store.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { type DetailTab, DetailTabs } from '../../ui/detail-tabs.tsx'
import { DetailsFrame, DetailsHeading } from '../../ui/details/details-frame.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { ContainerState } from '../../ui/container-state.tsx'
import { useContainerActions } from '../container-actions.tsx'
import { ChangesTab } from './changes-tab.tsx'
import { ConsoleTab } from './console-tab.tsx'
import { LogsTab } from './logs-tab.tsx'
import { ProcessesTab } from './processes-tab.tsx'
import { PropertiesTab } from './properties-tab.tsx'
import { ResourcesTab } from './resources-tab.tsx'
import { TerminalTab } from './terminal-tab.tsx'
import { nameOf } from '../../engine/container-summary.ts'

/** Everything about one container, as tabs that can be linked to. `id`: its id or name. */
export function ContainerDetails({ id }: { id: string }) {
  const { data } = useEngine()
  const { items, error } = useStore(data.containers)
  const container =
    items?.find((each) => each.Id === id || each.Names.includes(id)) ?? items?.find((each) => each.Id.startsWith(id))
  return (
    <DetailsFrame
      name={container ? nameOf(container) : id.slice(0, 12)}
      list={{
        page: 'containers',
        title: _('Containers'),
        items,
        error,
        failed: _('Failed to list containers'),
        onRetry: () => void data.containers.refresh(),
        missing: _('Container not found'),
        all: _('All containers'),
      }}
    >
      {container && <LoadedContainer container={container} />}
    </DetailsFrame>
  )
}

function LoadedContainer({ container }: { container: ContainerSummary }) {
  const { engine } = useEngine()
  const ask = useCallback(
    (signal: AbortSignal) => engine['container.inspect']({ name: container.Id }, { signal }),
    [engine, container.Id],
  )
  // A new summary object means that the container changed.
  const inspect = useCall(ask, container)
  return (
    <>
      <Heading container={container} />
      <Tabs container={container} inspect={inspect} />
    </>
  )
}

function Heading({ container }: { container: ContainerSummary }) {
  const { pending } = useEngine()
  const busy = useSelected(pending, (map) => map.get(container.Id))
  const { primary, groups } = useContainerActions()(container)
  const name = nameOf(container)
  return (
    <DetailsHeading
      name={name}
      beside={<ContainerState container={container} busy={busy} />}
      below={container.Image || container.ImageID}
      actions={
        <>
          {primary && (
            <Button variant="secondary" isDisabled={busy !== undefined} onClick={primary.run}>
              {primary.title}
            </Button>
          )}
          <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />
        </>
      }
    />
  )
}

function Tabs({ container, inspect }: { container: ContainerSummary; inspect: CallState<ContainerInspect> }) {
  const { value, error } = inspect
  const { can } = useEngine()
  const waiting = error ? (
    <ErrorAlert title={_('Failed to inspect the container')} error={error} />
  ) : (
    <Skeleton height="12rem" screenreaderText={_('Loading')} />
  )
  const tabs: readonly DetailTab[] = [
    {
      key: 'details',
      title: _('Details'),
      content: value ? <PropertiesTab inspect={value} container={container} onChecked={inspect.reload} /> : waiting,
    },
    { key: 'logs', title: _('Logs'), content: <LogsTab key={container.Id} container={container} /> },
    { key: 'terminal', title: _('Terminal'), content: <TerminalTab container={container} /> },
    ...(value?.Config.Tty ? [{ key: 'console', title: _('Console'), content: <ConsoleTab container={container} /> }] : []),
    ...(can.does('container.processes')
      ? [{ key: 'processes', title: _('Processes'), content: <ProcessesTab container={container} /> }]
      : []),
    { key: 'resources', title: _('Resources'), content: <ResourcesTab container={container} inspect={value} /> },
    ...(can.does('container.changes')
      ? [{ key: 'changes', title: _('Changes'), content: <ChangesTab container={container} /> }]
      : []),
    { key: 'inspect', title: _('Inspect'), content: value ? <InspectTab inspect={value} /> : waiting },
  ]
  return <DetailTabs label={_('Container')} tabs={tabs} />
}
