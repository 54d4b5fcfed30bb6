import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import { useCallback } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useSelected, useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { useCommands } from '../../ui/commands.ts'
import { DetailTabs } from '../../ui/detail-tabs.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { EmptyView, ErrorView } from '../../ui/empty-states.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
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
    <PageSection isFilled className="berth-details" aria-labelledby="berth-title">
      <Breadcrumb aria-label={_('Breadcrumb')} className="berth-breadcrumb">
        <BreadcrumbItem to={linkTo(['containers'])}>{_('Containers')}</BreadcrumbItem>
        <BreadcrumbItem isActive>{pod ? pod.Name : id.slice(0, 12)}</BreadcrumbItem>
      </Breadcrumb>
      {pod && <LoadedPod pod={pod} />}
      {!items && !error && <Skeleton height="16rem" screenreaderText={_('Loading')} />}
      {!items && error && (
        <ErrorView title={_('Failed to list pods')} message={error.message} onRetry={() => void data.pods.refresh()} />
      )}
      {items && !pod && (
        <EmptyView
          title={_('Pod not found')}
          action={
            <Button component="a" href={linkTo(['containers'])}>
              {_('All containers')}
            </Button>
          }
        >
          {_('It was removed, or the link is wrong.')}
        </EmptyView>
      )}
    </PageSection>
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
      <div className="berth-heading">
        <div>
          <PageTitle beside={<StateLabel state={pod.Status} busy={busy} />}>{pod.Name}</PageTitle>
          <div className="berth-quiet">{_('Pod')}</div>
        </div>
        <div className="berth-row-actions">
          <Button variant="secondary" icon={<PlusIcon />} onClick={() => createContainer({ pod: pod.Name })}>
            {_('Create container in pod')}
          </Button>
          <ActionsMenu label={format(_('Actions for pod {name}'), { name: pod.Name })} groups={podActions(pod)} />
        </div>
      </div>
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
