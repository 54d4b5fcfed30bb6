import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Td, Tr } from '@patternfly/react-table/dist/esm/components/Table'
import CubesIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-cubes-icon'
import StackIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-server-stack-icon'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'

import { useEngine } from '../engine/engine-context.tsx'
import { _, format, ngettext } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { useSelected } from '../hooks/use-store.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { useCommands } from '../ui/commands.ts'
import { StateLabel } from '../ui/state-label.tsx'
import type { Group } from './grouping.ts'
import { Ports } from './ports.tsx'
import { PodUsage } from './usage-cells.tsx'

interface GroupHeaderProps {
  /** The key of its row. */
  row: string
  /** Its place in the table, from 1. */
  position: number
  group: Group
  columns: number
  infra: ContainerSummary | undefined
}

/** The header row of a pod or a compose project. */
export function GroupHeader({ row, position, group, columns, infra }: GroupHeaderProps) {
  const title = group.kind === 'pod' ? _('Pod') : _('Compose project')
  return (
    <Tr data-row={row} aria-rowindex={position} className="berth-group">
      <Td colSpan={columns} dataLabel={title}>
        <div className="berth-group-line">
          {group.kind === 'pod' ? <CubesIcon aria-hidden="true" /> : <StackIcon aria-hidden="true" />}
          <span className="berth-quiet">{title}</span>
          <strong className="berth-group-name" title={group.name}>
            {group.pod ? <a href={linkTo(['containers', 'pods', group.pod.Id])}>{group.name}</a> : group.name}
          </strong>
          <span className="berth-quiet">{ngettext('{n} container', '{n} containers', group.containers.length)}</span>
          {group.pod && <PodLine group={group} infra={infra} />}
        </div>
      </Td>
    </Tr>
  )
}

function PodLine({ group, infra }: { group: Group; infra: ContainerSummary | undefined }) {
  const pod = group.pod!
  const { pending } = useEngine()
  const { createContainer, podActions } = useCommands()
  const busy = useSelected(pending, (map) => map.get(pod.Id))
  return (
    <>
      <StateLabel state={pod.Status} busy={busy} />
      {infra?.Ports && infra.Ports.length > 0 && <Ports ports={infra.Ports} limit={2} />}
      <PodUsage containers={pod.Containers.map(({ Id }) => Id)} />
      <span className="berth-group-actions">
        <Button variant="link" size="sm" icon={<PlusIcon />} onClick={() => createContainer({ pod: pod.Name })}>
          {_('Create container in pod')}
        </Button>
        <ActionsMenu label={format(_('Actions for pod {name}'), { name: pod.Name })} groups={podActions(pod)} />
      </span>
    </>
  )
}
