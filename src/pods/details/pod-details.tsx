import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import { useCallback } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useSelected, useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { useCommands } from '../../ui/commands.ts'
import { DetailTabs } from '../../ui/detail-tabs.tsx'
import { DetailsFrame, DetailsHeading } from '../../ui/details/details-frame.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { StateLabel } from '../../ui/state-label.tsx'
import { PodLogsTab } from './pod-logs-tab.tsx'
import { PodPropertiesTab } from './pod-properties-tab.tsx'
import { PodResourcesTab } from './pod-resources-tab.tsx'

/** Everything about one pod, as tabs that can be linked to. `id`: its id or name. */
export function PodDetails({ id }: { id: string }) {
  const { data } = useEngine()
  const { items, error } = useStore(data.pods)
  const pod = items?.find((each) => each.Id === id || each.Name === id) ?? items?.find((each) => each.Id.startsWith(id))
  return (
    <DetailsFrame
      name={pod ? pod.Name : id.slice(0, 12)}
      list={{
        page: 'containers',
        title: _('Containers'),
        items,
        error,
        failed: _('Failed to list pods'),
        onRetry: () => void data.pods.refresh(),
        missing: _('Pod not found'),
        all: _('All containers'),
      }}
    >
      {pod && <LoadedPod pod={pod} />}
    </DetailsFrame>
  )
}

function LoadedPod({ pod }: { pod: PodSummary }) {
  const { engine, pending } = useEngine()
  const { createContainer, podActions } = useCommands()
  const busy = useSelected(pending, (map) => map.get(pod.Id))
  const ask = useCallback((signal: AbortSignal) => engine['pod.inspect']({ name: pod.Id }, { signal }), [engine, pod.Id])
  // A new summary object means that the pod changed.
  const { value, error } = useCall(ask, pod)
  const waiting = error ? (
    <ErrorAlert title={_('Failed to inspect the pod')} error={error} />
  ) : (
    <Skeleton height="12rem" screenreaderText={_('Loading')} />
  )
  return (
    <>
      <DetailsHeading
        name={pod.Name}
        beside={<StateLabel state={pod.Status} busy={busy} />}
        below={_('Pod')}
        actions={
          <>
            <Button variant="secondary" icon={<PlusIcon />} onClick={() => createContainer({ pod: pod.Name })}>
              {_('Create container in pod')}
            </Button>
            <ActionsMenu label={format(_('Actions for pod {name}'), { name: pod.Name })} groups={podActions(pod)} />
          </>
        }
      />
      <DetailTabs
        label={_('Pod')}
        tabs={[
          { key: 'details', title: _('Details'), content: value ? <PodPropertiesTab pod={pod} inspect={value} /> : waiting },
          { key: 'logs', title: _('Logs'), content: <PodLogsTab key={pod.Id} pod={pod} /> },
          { key: 'resources', title: _('Resources'), content: <PodResourcesTab pod={pod} inspect={value} /> },
          { key: 'inspect', title: _('Inspect'), content: value ? <InspectTab inspect={value} /> : waiting },
        ]}
      />
    </>
  )
}
